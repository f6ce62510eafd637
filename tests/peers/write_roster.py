"""Writes the made-up rosters of fixtures/roster, and workbooks with the content of a CSV file through openpyxl.

  write_roster.py fixtures FOLDER                      the CSV files, the same every time
  write_roster.py workbook FILE.csv FILE.xlsx          one sheet, dates as dates, numbers of people as text
  write_roster.py numbers FILE.csv FILE.xlsx           the same, but NIKs as numbers
  write_roster.py sheets FILE.csv FILE.xlsx            one sheet for each family, and a hidden one
  write_roster.py many PEOPLE FILE.csv                 a large list
"""

import csv
import datetime
import re
import sys
from pathlib import Path

TITLES = [
    "NO", "Nama Lengkap", "NIK", "Tempat Lahir", "Tanggal Lahir", "JK", "Stat Kwn", "Gol. Drh", "SHDK", "Agama",
    "Pendidikan Terakhir", "No Akta Lahir", "Pekerjaan", "Nama Ibu", "Nama Ayah", "Wjb KTP", "KTP-eL", "Status",
    "Stat Rkm",
]  # fmt: skip
WIDTH = len(TITLES)
MEN = ["ADI", "BAYU", "CAHYO", "DIMAS", "EKO", "FAJAR", "GALIH", "HADI", "INDRA", "JOKO"]
WOMEN = ["AYU", "BUNGA", "CITRA", "DEWI", "ENDAH", "FITRI", "GITA", "HANA", "INTAN", "JULIA"]
PLACES = ["TANGERANG", "SERANG", "LEBAK", "CILEGON", "PANDEGLANG"]
STATUSES = ["BELUM REKAM", "BIO_CAPTURED", "PRINT READY RECORD", "SENT FOR ENROLLMENT", "CARD SHIPPED", "SFE"]
RELIGIONS = ["ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU"]
REGION = "367109"


class Chance:
    """The same numbers on every computer and in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, end):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % end

    def of(self, words):
        return words[self.below(len(words))]


class Roster:
    """Made-up families. Everybody is called CONTOH and has a serial that SIAK would need 9,000 births a day for."""

    def __init__(self, seed):
        self.chance = Chance(seed)
        self.serial = 9000
        self.families = 0
        self.place = 0
        self.head, self.mother = "AYAH CONTOH", "IBU CONTOH"

    def family(self):
        self.families += 1
        self.head = f"{self.chance.of(MEN)} CONTOH"
        self.mother = f"{self.chance.of(WOMEN)} CONTOH"
        number = f"{REGION}{1 + self.chance.below(28):02}{1 + self.chance.below(12):02}18{9000 + self.families}"
        row = [""] * WIDTH
        hamlet = "-" if self.families % 2 else "MELATI"
        row[0], row[2] = number, self.head
        row[11] = f"DESA MAJU RT/RW : {1 + self.chance.below(9):03}/{self.chance.below(5):03} DUSUN : {hamlet}"
        self.place = 0
        return row

    def person(self, **cells):
        self.place += 1
        self.serial += 1
        if self.serial % 10 == 0:
            self.serial += 1
        is_woman = self.chance.below(2) == 1
        year, month, day = 1960 + self.chance.below(48), 1 + self.chance.below(12), 1 + self.chance.below(28)
        nik = f"{REGION}{day + 40 * is_woman:02}{month:02}{year % 100:02}{self.serial}"
        born = f"{day:02}-{month:02}-{year}"
        row = [
            str(self.place), f"{self.chance.of(WOMEN if is_woman else MEN)} CONTOH", nik, self.chance.of(PLACES), born,
            "Pr" if is_woman else "Lk", self.chance.of(["BK", "K", "CH", "CM"]), self.chance.of(["-", "A", "B", "O"]),
            "KEPALA KELUARGA" if self.place == 1 else self.chance.of(["ISTRI", "ANAK", "FAMILI LAIN"]),
            self.chance.of(RELIGIONS), self.chance.of(["TAMAT SD / SEDERAJAT", "SLTP / SEDERAJAT", "SLTA / SEDERAJAT"]),
            f"{9000 + self.serial}/CONTOH/2002", self.chance.of(["WIRASWASTA", "PELAJAR / MAHASISWA", "GURU"]),
            self.mother, self.head, "WAJIB", self.chance.of(["BELUM", "KTP-eL"]), "SDH DPT", self.chance.of(STATUSES),
        ]  # fmt: skip
        for name, value in cells.items():
            row[TITLES.index(name.replace("_", " "))] = value
        return row


def spilled(text):
    return [""] * (WIDTH - 1) + [text]


def first_cell(text):
    return [text] + [""] * (WIDTH - 1)


def page_break(number, following):
    footer = [""] * WIDTH
    footer[9] = f"Halaman {number}"
    return [footer, [], first_cell("DAFTAR PENDUDUK WAJIB KTP"), TITLES] if following else [footer, first_cell("Dicetak : 01-11-2026")]


# What is wrong with one person: cells that replace good ones, the field and the code that must be told.
BAD = [
    ({"NIK": "3.67109E+15"}, "nik", "roster_number_rounded"),
    ({"NIK": ""}, "nik", "biodata_missing"),
    ({"NIK": "367109150806001"}, "nik", "nik_length"),
    ({"NIK": "36710915O8060001"}, "nik", "nik_not_digits"),
    ({"NIK": "3671093508069001"}, "nik", "nik_day"),
    ({"NIK": "3671091513069002"}, "nik", "nik_month"),
    ({"NIK": "3671093002069003"}, "nik", "nik_date_impossible"),
    ({"Tanggal_Lahir": "8/15/1990"}, "birth_date", "born_unreadable"),
    ({"Tanggal_Lahir": "15-08-2090"}, "birth_date", "born_in_future"),
    ({"Tanggal_Lahir": ""}, "birth_date", "biodata_missing"),
    ({"JK": "X"}, "sex", "sex_unreadable"),
    ({"JK": ""}, "sex", "biodata_missing"),
    ({"Nama_Lengkap": "S1TI CONTOH"}, "full_name", "name_digit"),
    ({"Nama_Lengkap": "SITI\u202e CONTOH"}, "full_name", "roster_cell_unprintable"),
    ({"Tempat_Lahir": "TANGE\ufffdANG"}, "birth_place", "roster_cell_not_text"),
    ({"Status": "X" * 401}, "status", "roster_cell_too_long"),
    ({"Nama_Ibu": "IBU; CONTOH"}, "mother_name", "name_symbol"),
]


def november(roster):
    """Pairs of a row and what must be told about it (nothing for most)."""
    for text in ["PEMERINTAH KOTA CONTOH", "DAFTAR PENDUDUK WAJIB KTP", "PROVINSI : BANTEN", "KOTA : CONTOH", "KECAMATAN : CIBODAS"]:
        yield first_cell(text), None
    yield [], None
    yield TITLES, None
    yield [str(number) for number in range(1, WIDTH + 1)], None
    yield roster.person(), ("", "roster_family_missing")
    roster.place = 0
    for page in range(1, 9):
        yield roster.family(), None
        for _ in range(3):
            yield roster.person(), None
        yield roster.person(Stat_Rkm="SENT FOR CARD"), None
        for row in page_break(page, True):
            yield row, None
        yield spilled("PRINTING"), None
    yield roster.family(), None
    born = datetime.date(1990, 8, 15)
    yield roster.person(Tanggal_Lahir="15/08/1990", NIK="3671091508909101", JK="L"), None
    yield roster.person(Tanggal_Lahir=born.isoformat(), NIK="'3671091508909102", JK="LAKI-LAKI"), None
    yield roster.person(Tanggal_Lahir=str((born - datetime.date(1899, 12, 30)).days), NIK="3671095508909103", JK="P"), None
    yield roster.person(NIK="0367109200000001"), None
    yield roster.person(Agama="ENTAH"), None
    twice = roster.person()
    yield twice, None
    yield twice, ("nik", "roster_nik_twice")
    yield roster.person(Stat_Rkm="STATUS YANG"), None
    yield spilled("BELUM"), None
    yield spilled("DIKENAL"), None
    for cells, field, code in BAD:
        yield roster.person(**cells), (field, code)
    yield roster.person() + ["x"] * 60, ("", "roster_too_many_cells")
    yield first_cell("apa ini"), ("", "roster_row_not_recognised")
    for number, code in [("3.67109E+15", "roster_number_rounded"), ("367109150818901", "kk_length"), ("3671094508189001", "kk_day")]:
        family = roster.family()
        family[0] = number
        yield family, ("kk_number", code)
        yield roster.person(), ("", "roster_family_refused")
    for row in page_break(9, False):
        yield row, None


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


def write_fixtures(folder):
    rows = list(november(Roster(20261101)))
    write(folder / "siak-2026-11-01.csv", [row for row, _ in rows])
    told = [["row", "field", "code"]]
    told += [[number, *why] for number, (_, why) in enumerate(rows, start=1) if why]
    write(folder / "siak-2026-11-01.expected.csv", told)
    # A month earlier: two people less, one more who has gone since, three of whom something else was known.
    older = [list(row) for row, _ in rows]
    people = [row for row in older if len(row) == WIDTH and re.fullmatch(r"3671\d{12}", row[2]) and row[0] != "1"]
    people[0][18], people[1][6], people[2][1] = "BELUM REKAM", "CH", "NAMA CONTOH LAMA"
    people[3][2] = people[3][2][:12] + "9999"
    older.remove(people[4])
    write(folder / "siak-2026-10-01.csv", older)
    write_broken(folder / "broken")


def write_broken(folder):
    folder.mkdir(exist_ok=True)
    roster = Roster(7)
    good = [TITLES, roster.family()] + [roster.person() for _ in range(12)]
    write(folder / "titles_missing.csv", good[1:])
    at = TITLES.index("NIK")
    write(folder / "column_missing.csv", [row[:at] + row[at + 1 :] for row in good])
    write(folder / "column_twice.csv", [row + [row[at] and "NIK"] for row in good])
    rounded = [row[:at] + [row[at][:15] + "0"] + row[at + 1 :] for row in good[2:]]
    for number, row in enumerate(rounded):
        row[at] = f"{row[at][:12]}{900 + number}0"
    write(folder / "every_nik_rounded.csv", good[:2] + rounded)
    (folder / "row_too_long.csv").write_text(";".join(TITLES) + '\n"' + "CONTOH " * 30000, encoding="utf-8")
    (folder / "not_a_table.xls").write_text("<html><table><tr><td>NIK</td></tr></table></html>\n", encoding="utf-8")
    (folder / "old_workbook.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))
    (folder / "damaged.xlsx").write_bytes(b"PK\x03\x04" + b"CONTOH" * 10)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        # An empty line is a row of the sheet as well.
        return [next(csv.reader([line], delimiter=";"), []) for line in file]


def cell_value(sheet, place, text, as_numbers):
    if text == "":
        return
    cell = sheet.cell(*place)
    if re.fullmatch(r"\d\d-\d\d-\d{4}", text):
        cell.value = datetime.datetime.strptime(text, "%d-%m-%Y").date()
        cell.number_format = "dd-mm-yyyy"
    elif re.fullmatch(r"\d{1,6}", text) or (as_numbers and place[1] == 3 and re.fullmatch(r"[1-9]\d{15}", text)):
        cell.value = int(text)
    else:
        cell.value = text


def write_workbook(source, target, kind):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    if kind == "sheets":
        hidden = book.create_sheet("lama")
        hidden.sheet_state = "hidden"
        hidden.append(TITLES)
    row_number, rows = 0, read(source)
    for row in rows:
        is_family = kind == "sheets" and len(row) > 1 and len(row[0]) == 16 and not row[1]
        if is_family and sheet.max_row > 8:
            # Every sheet has the head of the first page; nothing is taken over from one sheet to the next.
            sheet, row_number = book.create_sheet(), 6
            for head in [*rows[:5], TITLES]:
                sheet.append(head)
        row_number += 1
        for column, text in enumerate(row, start=1):
            cell_value(sheet, (row_number, column), text, kind == "numbers")
    book.save(target)


def write_many(people, path):
    roster = Roster(1)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\n")
        out.writerow(TITLES)
        for number in range(people):
            if number % 4 == 0:
                roster.serial, roster.families = 9000, roster.families % 900
                out.writerow(roster.family())
            row = roster.person()
            day, month, year = 1 + number % 28, 1 + number // 28 % 12, 1926 + number // 336 % 100
            row[2] = f"{REGION}{day:02}{month:02}{year % 100:02}{1 + number // 33600:04}"
            row[4], row[5] = f"{day:02}-{month:02}-{year}", "L"
            out.writerow(row)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "fixtures":
        write_fixtures(Path(rest[0]))
    elif command == "many":
        write_many(int(rest[0]), rest[1])
    else:
        write_workbook(rest[0], rest[1], command)
