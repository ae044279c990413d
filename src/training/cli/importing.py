"""`import`: what others keep lists of, read from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.cli import setting_up
from training.directory.formats.commune_files import FileRead, read_file
from training.directory.formats.communes import Gazetteer
from training.kernel.actor import SYSTEM
from training.kernel.sheets import Unreadable
from training.reporting.office.communes import CommuneTyped, communes_typed
from training.scheduling.actions.communes import CommunesImported, import_communes

LISTED = 20  # of what waits for somebody, lines that the command prints: the page has all


@click.group("import")
def import_() -> None:
    """Charger ce que d’autres publient."""


@import_.command("communes")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
def communes(files: tuple[Path, ...]) -> None:
    """Charger les communes de France des fichiers officiels FILE…, ensemble ou l’un après l’autre.

    Connus à leurs titres : le code officiel géographique, les intercommunalités et les populations légales de l’INSEE,
    les codes postaux de La Poste, les communes de geo.api.gouv.fr et de data.gouv.fr, Banatic, l’annuaire de
    l’administration (mairies). Recommencer ne double rien.
    """
    heard = Gazetteer()
    for file in files:
        _say(file, _read(file, heard))
    whole = heard.whole()

    async def work() -> tuple[CommunesImported, list[CommuneTyped]]:
        with _progress("Écriture", len(whole)) as report:
            done = await import_communes(SYSTEM, whole, report)
        return done, await communes_typed()

    for line in _summary(*setting_up.run(work), len(whole)):
        click.echo(line)


def _read(file: Path, heard: Gazetteer) -> FileRead:
    with file.open("rb") as source, _progress(file.name, file.stat().st_size) as report:
        try:
            return read_file(source, heard.hear, report)
        except Unreadable as refusal:
            raise click.ClickException(f"{file} : {refusal}") from None


def _say(file: Path, read: FileRead) -> None:
    click.echo(f"{file.name} : {read.kind}, {_number(read.lines)} lignes lues.")
    for fault in read.faults:
        click.echo(f"  laissée de côté, {fault}")
    if read.faulty > len(read.faults):
        click.echo(f"  et {_number(read.faulty - len(read.faults))} autres lignes laissées de côté")


def _summary(done: CommunesImported, waiting: Sequence[CommuneTyped], known: int) -> Iterator[str]:
    loaded = done.loaded
    yield (
        f"{_number(known)} communes : {_number(loaded.made)} nouvelles, {_number(loaded.changed)} mises à jour,"
        f" {_number(known - loaded.made - loaded.changed - loaded.homeless)} inchangées."
    )
    if loaded.homeless:
        yield (
            f"{_number(loaded.homeless)} n’ont pas de nom ou de code postal dans ces fichiers et ne sont pas ajoutées :"
            " donnez aussi celui de l’INSEE et celui de La Poste."
        )
    for was, becomes in done.joined:
        yield f"{was}, saisie à la main, est {becomes}."
    if waiting:
        yield f"{_number(len(waiting))} saisies à la main restent sans code INSEE (/gestion/lieux/communes) :"
    for typed in waiting[:LISTED]:
        guess = f", peut-être {typed.candidates[0].said}" if typed.candidates else ""
        yield f"  {typed.name} ({typed.postcode}){guess}"


def _number(n: int) -> str:
    return f"{n:_}".replace("_", "\u202f")


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)
