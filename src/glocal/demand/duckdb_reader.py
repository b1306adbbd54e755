# ruff: noqa: S608 - DuckDB takes no parameters in names of files; they are quoted in `_table_function`
"""Read large tables through DuckDB: Parquet, CSV, SQLite, PostgreSQL, as columns, summed where rows repeat.

DuckDB's readers for SQLite and PostgreSQL are extensions; they come as packages, so nothing is fetched at run time.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from glocal.demand.errors import EventFileBroken

MEMORY = "1GB"
SQLITE_SUFFIXES = {".db", ".sqlite", ".sqlite3"}
POSTGRES = ("postgres://", "postgresql://")
CHOICES_TABLE = "shop_choice"

EVENT_COLUMNS = ("product", "parameter", "offered", "chosen", "region", "at", "kind")
# What the shop's own table calls things; its lists are JSON.
FROM_SHOP = """
    SELECT product_slug AS product, parameter,
           array_to_string(CAST(offered AS JSON)::VARCHAR[], '|') AS offered,
           CASE WHEN json_type(CAST(chosen AS JSON)) = 'VARCHAR'
                THEN CAST(chosen AS JSON) ->> '$' ELSE CAST(chosen AS VARCHAR) END AS chosen,
           region, CAST("at" AS VARCHAR) AS "at", kind, CAST(weight AS DOUBLE) AS weight,
           '' AS prices, {voice} AS source
    FROM outside.{table}
"""
SUMMED = """
    SELECT product, parameter, offered, chosen, region, max("at") AS "at", kind,
           CASE WHEN min(weight) < 0 THEN min(weight) ELSE sum(weight) END AS weight, prices, source
    FROM (SELECT *, date_trunc('week', timezone('UTC', CAST("at" AS TIMESTAMPTZ))) AS week FROM events)
    GROUP BY product, parameter, offered, chosen, region, week, kind, prices, source
    ORDER BY 6, 1, 2, 3, 4, 5
"""


def is_duckdb_source(source: str | Path) -> bool:
    """Say whether a source is one that DuckDB reads best: a database, or a file of Parquet."""
    text = str(source)
    if text.startswith(POSTGRES) or Path(text).suffix in SQLITE_SUFFIXES:
        return True
    try:
        with Path(text).open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError:
        return False


def duckdb_column_names(source: str | Path) -> set[str]:
    """Return the names of a Parquet file's columns; a database always holds choices."""
    text = str(source)
    if text.startswith(POSTGRES) or Path(text).suffix in SQLITE_SUFFIXES:
        return set(EVENT_COLUMNS)
    with _connection() as connection:
        return set(_columns(connection, f"DESCRIBE SELECT * FROM {_table_function(Path(source))}")["column_name"])


def read_columns(source: str | Path) -> dict[str, list[Any]]:
    """Return a Parquet or CSV file by column.

    Raises
    ------
    EventFileBroken
        When it cannot be read.
    """
    with _connection() as connection:
        return _columns(connection, f"SELECT * FROM {_table_function(Path(source))}")


def read_summed_events(source: str | Path) -> dict[str, list[Any]]:
    """Return choices by column with the weights of equal ones in one week summed: 10⁸ rows become what differs.

    ``source`` is a Parquet or CSV file with the columns of :mod:`glocal.demand.event_files`, or the address of a
    glocal database (a SQLite file, ``postgresql://…``), whose table of choices is read.
    """
    text = str(source)
    with _connection() as connection:
        if text.startswith(POSTGRES) or Path(text).suffix in SQLITE_SUFFIXES:
            _attach(connection, text)
            known = _columns(connection, f"DESCRIBE SELECT * FROM outside.{CHOICES_TABLE}")["column_name"]
            voice = "coalesce(voice, '')" if "voice" in known else "''"  # of a shop of an earlier release
            connection.execute(f"CREATE VIEW events AS {FROM_SHOP.format(table=CHOICES_TABLE, voice=voice)}")
        else:
            _view_of_file(connection, Path(source))
        return _columns(connection, SUMMED)


def _view_of_file(connection: Any, path: Path) -> None:
    table = _table_function(path)
    found = _columns(connection, f"DESCRIBE SELECT * FROM {table}")["column_name"]
    missing = sorted(set(EVENT_COLUMNS) - set(found))
    if missing:
        raise EventFileBroken(
            f"{path.name} lacks the columns {', '.join(missing)}.", help=f"Expected {', '.join(EVENT_COLUMNS)}."
        )
    weight = "coalesce(CAST(nullif(trim(CAST(weight AS VARCHAR)), '') AS DOUBLE), 1.0)" if "weight" in found else "1.0"
    extra = ", ".join(
        f"coalesce(CAST({name} AS VARCHAR), '')" + f" AS {name}" if name in found else f"'' AS {name}"
        for name in ("prices", "source")
    )
    texts = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), \'\') AS "{name}"' for name in EVENT_COLUMNS)
    connection.execute(f"CREATE VIEW events AS SELECT {texts}, {weight} AS weight, {extra} FROM {table}")


def _table_function(path: Path) -> str:
    quoted = "'" + str(path).replace("'", "''") + "'"
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    return f"read_parquet({quoted})" if parquet else f"read_csv({quoted}, all_varchar = true, header = true)"


def _attach(connection: Any, source: str) -> None:
    postgres = source.startswith(POSTGRES)
    connection.execute(f"LOAD '{_extension('postgres_scanner' if postgres else 'sqlite_scanner')}'")
    if not postgres and not Path(source).exists():
        raise EventFileBroken(f"There is no file {source}.")
    quoted = source.replace("'", "''")
    kind = "postgres" if postgres else "sqlite"
    if not postgres:
        connection.execute("SET sqlite_all_varchar = true")
    try:
        connection.execute(f"ATTACH '{quoted}' AS outside (TYPE {kind}, READ_ONLY)")
    except Exception as refused:
        import duckdb

        if isinstance(refused, duckdb.Error):
            raise EventFileBroken(f"The database cannot be read: {_first_line(refused)}.") from refused
        raise


def _extension(name: str) -> str:
    package = importlib.import_module(f"duckdb_extension_{name}")
    root = Path(str(package.__file__)).parent / "extensions"
    found = sorted(root.rglob(f"{name}.duckdb_extension"))
    if not found:
        raise EventFileBroken(
            f"DuckDB's reader {name} is not installed.", help=f"Install duckdb-extension-{name.replace('_', '-')}."
        )
    return str(found[-1]).replace("'", "''")


def _connection() -> Any:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET threads = 2")
    return connection


def _columns(connection: Any, query: str) -> dict[str, list[Any]]:
    import duckdb

    try:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        rows = result.fetchall()
    except duckdb.Error as wrong:
        raise EventFileBroken(f"The choices cannot be read: {_first_line(wrong)}.") from wrong
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
