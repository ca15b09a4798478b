"""The command ``lstm-course data``: fetch, import, list and verify the reviews."""

import os
from pathlib import Path

import click

from lstm_course.reviews import find, keep
from lstm_course.reviews.errors import DataError
from lstm_course.reviews.imdb import find_source
from lstm_course.settings.paths import cache_folder


@click.command()
@click.option("--fetch", is_flag=True, help="Download the published archive (84 MB) into the course's cache.")
@click.option(
    "--from",
    "path",
    type=click.Path(path_type=Path),
    help="Import an archive or a folder into the course's cache; it works without the original afterwards.",
)
@click.option("--verify", is_flag=True, help="Read the reviews again and compare them with the prepared copy.")
def data(fetch: bool, path: Path | None, verify: bool) -> None:
    """List the reviews that are there; or fetch, import or verify them."""
    if fetch + (path is not None) + verify > 1:
        raise click.ClickException("give one of --fetch, --from PATH and --verify at a time")
    try:
        if fetch:
            _fetch()
        elif path is not None:
            _import(path.expanduser())
        elif verify:
            _verify()
        else:
            _list()
    except DataError as error:
        raise click.ClickException(str(error)) from None


def _fetch() -> None:
    origin = find.Origin("downloaded", find.download())
    _report(origin, lambda: find.prepare(origin, bar=True))


def _import(path: Path) -> None:
    origin, prepared = find.import_copy(path)
    _report(origin, lambda: prepared)


def _report(origin: find.Origin, prepare) -> None:
    """Keep the reviews of what has just come into the cache, and say what it is."""
    key = origin.key()
    prepared = keep.load_or_make(keep.file_for(key), prepare)
    click.echo(origin.source(key, prepared.fingerprint))
    if os.environ.get(find.PATH_VARIABLE, "").strip():
        click.echo(f"{find.PATH_VARIABLE} is set and comes first; unset it to use this copy.")


def _verify() -> None:
    origin, remark = find.locate(None)
    if remark:
        click.echo(remark)
    if origin is None:
        raise click.ClickException(
            "there are no reviews here but the built-in corpus. To get the published ones: lstm-course data --fetch"
        )
    fresh = find.prepare(origin, bar=True)
    key = origin.key()
    file = keep.file_for(key)
    kept = keep.load(file)
    if kept is not None and keep.same(fresh, kept, file):
        click.echo("The prepared copy agrees with its source.")
    elif keep.save(file, fresh):
        click.echo("The prepared copy was missing or damaged; it has been made again.")
    for name, split in fresh.splits.items():
        click.echo(f"{name}: {len(split.labels):,} reviews, {int(split.labels.sum()):,} of them positive")
    source = origin.source(key, fresh.fingerprint)
    click.echo(source)
    if not source.published:
        raise click.ClickException(f"their fingerprint is {fresh.fingerprint}, not that of the published reviews")


def _list() -> None:
    for name, found in find.survey():
        click.echo(f"{name:28}{found}")
    prepared = [*cache_folder().glob("*.npz")]
    megabytes = sum(file.stat().st_size for file in prepared) / 1e6
    click.echo(f"{'prepared copies':28}{len(prepared)}, {megabytes:.1f} MB in {cache_folder()}")
    click.echo(f"\nload_data() would use this now:\n{find_source()}")
