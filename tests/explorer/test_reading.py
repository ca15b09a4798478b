"""What a person sees and does in the explorer, in Chromium."""

import pytest

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> "
HOSTILE += "\u202eright to left\u202c \u0641\u064a\u0644\u0645 \U0001f3ac good"


def words(page):
    return page.locator(".lx-word bdi").all_text_contents()


def test_the_text_is_coloured_by_what_each_word_moved(page):
    opened = page("#t=A+wonderful+film.")
    assert words(opened) == ["start", "A", "wonderful", "film."]
    numbers = opened.locator(".lx-word small").all_text_contents()
    assert int(numbers[2]) > 10
    assert opened.locator(".lx-word").nth(2).get_attribute("class").split()[1] == "lx-up"
    moved = sum(int(number.replace("\u2212", "-")) for number in numbers if number.strip())
    shown = int(opened.locator(".lx-verdict b").text_content().split()[0])
    assert abs(shown - (66 + moved)) <= 3, "each number is rounded, and so is the 66 % before the first word"


def test_typing_changes_the_verdict_and_undo_brings_it_back(page):
    opened = page()
    before = opened.locator(".lx-verdict b").text_content()
    opened.locator("textarea").fill("An awful film.")
    assert opened.locator(".lx-verdict b").text_content() != before
    opened.get_by_role("button", name="Undo").click()
    assert opened.locator(".lx-verdict b").text_content() == before


@pytest.mark.parametrize("text", ["", "   ", HOSTILE, "zorblax", "wonderful " * 1_000])
def test_any_text_is_text(page, text):
    opened = page()
    opened.locator("textarea").fill(text)
    assert len(words(opened)) <= 100
    assert opened.locator(".lx-words script, .lx-words img").count() == 0
    assert "NaN" not in opened.locator(".lx-page").text_content()


def test_a_hundred_thousand_words_leave_the_page_alive(page):
    opened = page()
    opened.evaluate("""async () => (await explorer).set({ text: "good ".repeat(100_000) })""")
    assert len(words(opened)) == 100
    assert "99,900" in opened.locator(".lx-moved .lx-note").text_content()


def test_words_and_units_are_reached_by_keys(page):
    opened = page("#t=A+dull+film+with+a+wonderful+ending.&u=5")
    opened.locator(".lx-word[aria-selected=true]").focus()
    opened.keyboard.press("Home")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    assert opened.locator(".lx-word[aria-selected=true] bdi").text_content() == "dull"
    assert opened.evaluate("document.activeElement.innerText").startswith("dull")
    opened.locator(".lx-word").nth(4).click()
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("ArrowLeft")
    opened.locator(".lx-map").focus()
    opened.keyboard.press("ArrowDown")
    assert opened.locator("input[type=number]").first.input_value() != "5"
    assert "w=2" in opened.evaluate("location.hash")


def test_a_click_into_the_map_chooses_unit_and_word(page):
    opened = page("#t=A+dull+film+with+a+wonderful+ending.&sort=unit")
    box = opened.locator(".lx-map").bounding_box()
    opened.locator(".lx-map").click(position={"x": 60, "y": 5 * 7 + 2})
    assert box["height"] == 64 * 5
    assert opened.locator("input[type=number]").first.input_value() == "7"
    assert "w=0" in opened.evaluate("location.hash")


def test_every_view_has_its_table(page):
    opened = page("#t=A+wonderful+film.")
    for summary in opened.locator(".lx-table summary").all():
        summary.click()
    for table in opened.locator(".lx-table table").all():
        assert table.locator("tbody tr").count() > 2
        assert table.locator("caption").text_content().startswith("Table")


@pytest.mark.parametrize("address", ["#t=Good.&u=99&w=-3&show=x&sort=y&hold=q:9,f:7,f99:1&off=77&bias=1e9", "#x"])
def test_an_address_that_makes_no_sense_does_no_harm(page, address):
    opened = page(address)
    assert "positive" in opened.locator(".lx-verdict b").text_content()
    assert opened.get_by_role("button", name="Hands off").is_disabled()


@pytest.mark.parametrize("width", [375, 1200])
def test_nothing_leaves_the_page_sideways(page, width):
    opened = page(viewport={"width": width, "height": 800})
    opened.locator("textarea").fill("Donaudampfschifffahrtsgesellschaftskapitaenswitwenrente " * 3 + "wonderful " * 110)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


WIDGET = """async () => {
    const widget = (await import("./explorer.js")).default;
    const names = ["source.npz", "simple-rnn.npz", "source.txt"];
    const files = await Promise.all(names.map(async name => new DataView(await (await fetch(name)).arrayBuffer())));
    const el = document.createElement("section");
    document.body.replaceChildren(el);
    let hear;
    window.asked = 0;
    const send = () => { if ((window.asked += 1) > 1) { hear("files", files); hear("files", files); } };
    widget.render({ el, model: { get: () => "A dull film.", on: (_, receive) => { hear = receive; }, send } }); }"""


def test_the_widget_asks_again_when_its_question_is_lost_and_no_more_once_it_is_answered(page):
    opened = page()
    opened.clock.install()
    opened.evaluate(WIDGET)
    assert opened.locator(".lx-map").count() == 0
    opened.clock.fast_forward(4_000)
    opened.locator(".lx-word bdi", has_text="dull").wait_for()
    opened.clock.fast_forward(600_000)
    assert opened.evaluate("asked") == 2
    assert opened.locator(".lx-map").count() == 1, "a second answer draws nothing"
