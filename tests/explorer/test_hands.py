"""Taking a hand in it, looking inside a unit, and the gradient: in Chromium."""

import re

import pytest

EARLY = "#t=A+dull%2C+awful+film+that+bored+me+to+tears.+My+friend+says+that+the+camera+is+there."


def verdict(page):
    return int(page.locator(".lx-verdict b").text_content().split()[0])


def numbers(text):
    return [float(number.replace("\u2212", "-")) for number in re.findall(r"[\u2212-]?\d+\.\d+", text)]


def test_what_a_forget_gate_does_can_be_seen(page):
    opened = page(EARLY)
    assert verdict(opened) == 6, "untouched, the early words still count (notebook 04 names the three numbers)"
    opened.get_by_role("button", name="Forget gate at 0").click()
    assert verdict(opened) == 43, "they are forgotten"
    assert "hold=f%3A0" in opened.url
    opened.get_by_role("button", name="Forget gate at 1").click()
    assert verdict(opened) == 1, "nothing fades"
    assert "right after it" in opened.locator(".lx-outcome").text_content()
    opened.get_by_role("button", name="Output gate at 0").click()
    assert verdict(opened) == 50
    for _ in range(3):
        opened.get_by_role("button", name="Undo").click()
    assert verdict(opened) < 20
    assert opened.locator(".lx-outcome").text_content() == ""


def test_sliders_ablation_and_bias_change_the_network_and_the_address(page):
    opened = page(EARLY + "&u=12")
    before = opened.evaluate("async () => [...(await explorer).scene.trace.logits]")
    opened.get_by_label("value of the input gate").fill("0.2")
    opened.get_by_label("Gates of").select_option("one")
    opened.get_by_role("checkbox", name="hold the \u25bc forget gate at").check()
    opened.get_by_label("added to the bias").fill("-2")
    opened.get_by_role("checkbox", name="ablate unit 12").check()
    hands = opened.evaluate("async () => (await explorer).state")
    assert hands["hold"]["i"] == 0.2
    assert 0 < hands["hold"]["f12"] < 1
    assert (hands["off"], hands["bias"]) == ([12], -2)
    assert opened.evaluate("async () => [...(await explorer).scene.trace.logits]") != before
    again = page(opened.evaluate("location.hash"))
    assert verdict(again) == verdict(opened), "the address holds all of it"
    again.get_by_role("button", name="Hands off").click()
    assert again.evaluate("async () => [...(await explorer).scene.trace.logits]") == before


def test_shuffling_keeps_the_words(page):
    opened = page(EARLY)
    text = opened.locator("textarea").input_value()
    opened.get_by_role("button", name="Shuffle").click()
    shuffled = opened.locator("textarea").input_value()
    assert sorted(shuffled.split()) == sorted(text.split())
    opened.get_by_role("button", name="Undo").click()
    assert opened.locator("textarea").input_value() == text


def test_the_cells_numbers_add_up_and_its_parts_come_one_by_one(page):
    opened = page(EARLY + "&w=2&u=43&part=1")
    said = opened.locator(".lx-says")
    gate, before, kept = numbers(said.text_content())[:3]
    assert kept == pytest.approx(gate * before, abs=0.02)
    assert opened.locator(".lx-later").count() == 4
    for start in ("The candidate is", "The input gate is", "Kept", "The output gate is", "Its weight"):
        opened.get_by_role("button", name="part \u25b6").click()
        assert said.text_content().startswith(start)
    assert opened.locator(".lx-later").count() == 0
    f, old, i, candidate, new = numbers(opened.locator(".lx-lines p").first.text_content())
    assert new == pytest.approx(f * old + i * candidate, abs=0.02)
    for row in opened.locator(".lx-sums tbody tr").all():
        word, state, bias, total = numbers(" ".join(row.locator("td").all_text_contents()))[:4]
        assert total == pytest.approx(word + state + bias, abs=0.021)
    opened.get_by_role("button", name="part \u25b6").click()
    assert said.text_content().startswith("The forget gate is")
    assert "awful" in said.text_content()


def test_the_cell_opens_on_its_first_part_and_a_step_to_another_word_keeps_the_part(page):
    opened = page(EARLY)
    where = opened.locator(".lx-inside .lx-note").first
    assert "part 1 of 6" in where.text_content()
    opened.get_by_role("button", name="part \u25b6").click()
    opened.get_by_role("button", name="\u25c0 word").click()
    assert "\u201cis\u201d, part 2 of 6" in where.text_content()


@pytest.mark.parametrize("width", [390, 860])
def test_what_one_needs_while_pressing_is_in_view_and_stays_in_place(page, width):
    opened = page(EARLY, viewport={"width": width, "height": 800})
    opened.get_by_role("button", name="Output gate at 0").focus()
    opened.get_by_role("button", name="Forget gate at 0").focus()
    verdict_box = opened.locator(".lx-answer").bounding_box()
    button = opened.get_by_role("button", name="Forget gate at 0").bounding_box()
    assert verdict_box["y"] >= 0
    assert verdict_box["y"] + verdict_box["height"] <= button["y"]
    assert opened.locator(".lx-sums").evaluate("box => box.scrollWidth - box.clientWidth") == 0
    after = opened.get_by_role("button", name="part \u25b6")
    before = after.bounding_box()["x"]
    opened.get_by_role("button", name="Play").click()
    assert opened.get_by_role("button", name="Pause").is_visible()
    assert after.bounding_box()["x"] == before


def test_it_plays_and_pauses(page):
    opened = page(EARLY + "&w=1&part=1")
    opened.clock.install()
    opened.get_by_role("button", name="Play").click()
    opened.clock.run_for(4_000)
    assert opened.locator(".lx-says").text_content().startswith("The input gate is")
    opened.get_by_role("button", name="Pause").click()
    opened.clock.run_for(10_000)
    assert opened.locator(".lx-says").text_content().startswith("The input gate is")


def test_without_memory_the_gradient_lies_on_the_last_word(page):
    opened = page(EARLY + "&hold=f:0")
    for bars in (".lx-bar-lstm", ".lx-bar-rnn"):
        assert opened.locator(bars).get_attribute("d").count("M") == 18
    assert "half of the SimpleRNN" in opened.locator(".lx-gradient").text_content()
    assert "LSTM\u2019s gradient lies on the last word" in opened.locator(".lx-gradient").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_rule_is_broken(page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: pip install -e '.[browser]'")
    opened = page(EARLY + "&hold=f:0.5&w=3&part=3", color_scheme=scheme)
    for summary in opened.locator(".lx-table summary").all():
        summary.click()
    found = axe.Axe().run(opened)
    broken = [(rule["id"], node["html"][:120]) for rule in found.response["violations"] for node in rule["nodes"]]
    assert broken == []


@pytest.mark.parametrize("hold", ["", "&hold=f:0.4"])
def test_while_somebody_types_every_trace_is_that_of_a_reading_from_the_start(page, hold):
    opened = page(EARLY + hold)
    differences = opened.evaluate("""async () => {
        const view = await explorer, { lstm } = view.model, found = [];
        const read = (hands) => lstm.read(view.scene.reading.ids, hands);
        const same = (one, other) => ["f", "c", "h", "logits"].every((name) => one[name].join() === other[name].join());
        const texts = ["A dull film.", "A dull film", "A dull fil", "A good fil", "A good film is", "", "A"];
        for (const end of ["x", "xy"]) texts.push("good ".repeat(120) + end);
        for (const text of texts) {
            view.set({ text, word: null }, "typing");
            if (!same(view.scene.plain, read()) || !same(view.scene.trace, read(view.scene.hands))) found.push(text);
        }
        return found;
    }""")
    assert differences == []
    opened.wait_for_function("document.querySelector('.lx-bar-lstm').getAttribute('d').split('M').length === 101")


def test_a_review_whose_strong_words_come_first_is_one_press_away(page):
    opened = page("#t=Good.&hold=f:0")
    opened.get_by_role("button", name="strong words come first").click()
    assert "awful" in opened.locator("textarea").input_value()
    assert "hold=f%3A0" in opened.url
