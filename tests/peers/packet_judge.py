"""Verifies, opens and judges packets and notices, written from `src-tauri/crates/packet/FORMAT.md` alone.

packet_judge.py FOLDER            judges every file that FOLDER/expected.json lists, one JSON line each
packet_judge.py verify FILE TRUST [KEY]   one file; opens it too when an age identity file is given
"""

import base64
import hashlib
import hmac
import io
import json
import pathlib
import re
import struct
import sys
import unicodedata
import uuid
import warnings
from datetime import date

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from PIL import Image


class Refused(Exception):
    def __init__(self, depth, word):
        super().__init__(f"{depth}: {word}")
        self.depth, self.word = depth, word


def must(condition, depth, word):
    if not condition:
        raise Refused(depth, word)


sha256 = lambda data: hashlib.sha256(data).digest()


# --- §1: shapes and the one encoding -------------------------------------------------------------------------------


def exactly(value):
    return lambda given: type(given) is type(value) and given == value


def word(*words):
    return lambda given: isinstance(given, str) and given in words


def text(given):
    return isinstance(given, str)


def ptext(given):
    return text(given) and 1 <= len(given.encode()) <= 128 and not any(unicodedata.category(c) == "Cc" for c in given)


def number(low, high):
    return lambda given: type(given) is int and low <= given <= high


def raw(low=0, high=1 << 40):
    return lambda given: isinstance(given, bytes) and low <= len(given) <= high


def boolean(given):
    return type(given) is bool


def nullable(shape):
    return lambda given: given is None or shape(given)


def array(*shapes):
    return lambda given: isinstance(given, list) and len(given) == len(shapes) and all(s(g) for s, g in zip(shapes, given))


def many(shape, low=0, high=1 << 30):
    return lambda given: isinstance(given, list) and low <= len(given) <= high and all(map(shape, given))


def either(*shapes):
    return lambda given: any(shape(given) for shape in shapes)


UINT, DIGEST, TIME = number(0, 2**64 - 1), raw(32, 32), number(0, 2**63 - 1)
KEY, UUID = DIGEST, raw(16, 16)


def decode(data):
    """The value, or None when the bytes are not its one encoding."""
    try:
        value = cbor2.loads(data)
        return value if cbor2.dumps(value, canonical=True) == data else None
    except Exception:
        return None


def is_uuid7(data):
    return uuid.UUID(bytes=data).version == 7


# --- §3: envelope and signatures -----------------------------------------------------------------------------------

SIGN1 = array(raw(13, 13), exactly({}), nullable(raw()), raw(64, 64))
ENVELOPE = array(raw(), raw(), raw(), many(raw()))


def read_sign1(data, attached):
    cose = decode(data)
    if not SIGN1(cose) or not cose[0].startswith(b"\xa2\x01\x27\x04\x48") or (cose[2] is not None) != attached:
        return None
    return cose


def fits(cose, context, payload, key):
    structure = cbor2.dumps(["Signature1", cose[0], context.encode(), payload], canonical=True)
    if cose[0][5:] != sha256(key)[:8]:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(cose[3], structure)
        return True
    except (InvalidSignature, ValueError):
        return False


def read_trust(content):
    trust = {"station": {}, "office": {}}
    lines = iter(content.splitlines())
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        kind, name = line.split(":", 1)
        pem = []
        while not pem or pem[-1] != "-----END PUBLIC KEY-----":
            pem.append(next(lines).strip())
        key = serialization.load_pem_public_key("\n".join(pem).encode() + b"\n")
        data = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        trust[kind.strip()].setdefault(name.strip(), []).append(data)
    return trust


# --- §4, §5: manifest and approvals --------------------------------------------------------------------------------

KEY_TRUST = word("software", "hardware")
PERSON = array(text, KEY, KEY_TRUST)
IMAGES = ["photo", "signature", "truth", "strokes", "finger", "slap", "iris", "index_check", "evidence"]
UPLOADS = {"inner": 0, "biodata": 0, **{role: 1 for role in IMAGES}, "document": 2}
BLOB = array(word(*UPLOADS), text, UINT, DIGEST)
INT32 = number(-(2**31), 2**31 - 1)
PLACE = either(
    array(exactly(0), word("not_fitted", "no_fix", "switched_off")),
    array(exactly(1), INT32, INT32, number(0, 2**32 - 1)),
)
MANIFEST = array(
    number(0, 255), UUID, PERSON, PERSON, many(DIGEST), boolean, array(text, text), UINT, DIGEST,
    array(TIME, word("trusted", "unchecked", "doubtful")), PLACE, text, nullable(UUID), many(BLOB),
)
DESK_ROLE = word(
    "Applicant", "VillageOfficer", "FrontDesk", "RegistrationClerk", "CaptureOperator", "DataSectionHead",
    "IdentitySectionHead", "GovernmentSectionHead", "DistrictHead", "PrintOperator", "PickupClerk", "Archivist",
    "AgencyHead", "DivisionHead", "Supervisor", "Technician", "Station",
)
APPROVER = array(ptext, KEY, KEY_TRUST)
APPROVAL = array(exactly(1), UUID, nullable(DIGEST), many(DIGEST, 1, 32), APPROVER, DESK_ROLE, TIME)


class Manifest:
    def __init__(self, data):
        fields = decode(data)
        must(MANIFEST(fields), "verify", "manifest_malformed")
        (self.version, self.id, self.station, self.operator, self.approvals, self.pending, self.profile, self.counter,
         self.previous, self.clock, self.place, self.software, self.supersedes, self.blobs) = fields
        self.hash = sha256(data)
        must(self.version == 1, "verify", "version_unknown")
        texts = [self.station[0], self.operator[0], *self.profile, self.software, *(blob[1] for blob in self.blobs)]
        sound = all(map(ptext, texts)) and is_uuid7(self.id) and self.supersedes != self.id
        sound = sound and (self.supersedes is None or is_uuid7(self.supersedes))
        sound = sound and self.counter >= 1 and (self.counter == 1) == (self.previous == bytes(32))
        if self.place[0] == 1:
            sound = sound and abs(self.place[1]) <= 900_000_000 and abs(self.place[2]) <= 1_800_000_000
        must(sound, "verify", "manifest_malformed")
        lengths = [blob[2] for blob in self.blobs]
        small = all(length <= (65_536 if blob[0] == "biodata" else 16_793_600) for blob, length in zip(self.blobs, lengths))
        small = small and len(self.blobs) <= 200 and len(self.approvals) <= 8 and sum(lengths) <= 268_435_456
        must(small, "verify", "too_large")
        roles = [blob[0] for blob in self.blobs]
        uploads = [UPLOADS[role] for role in roles]
        ordered = roles[:2] == ["inner", "biodata"] and uploads == sorted(uploads)
        must(ordered and roles.count("inner") == roles.count("biodata") == 1, "verify", "part_order")


def read_approval(data):
    """The approval and what is wrong with it."""
    cose = read_sign1(data, attached=True)
    approval = decode(cose[2]) if cose else None
    if not APPROVAL(approval) or not is_uuid7(approval[1]):
        return None, "malformed"
    key = approval[4][1]
    return approval, None if fits(cose, "rekam/v1/packet/approval", cose[2], key) else "signature"


class Packet:
    """§2 to §6: what can be said without a key of the office."""

    def __init__(self, data, trust):
        self.read = 0
        self.data = data
        mark = data[:8]
        must(len(data) > 0 and (b"rekam-p1".startswith(mark) or mark.startswith(b"rekam-p")), "verify", "not_a_packet")
        must(len(mark) == 8, "verify", "truncated")
        must(mark == b"rekam-p1", "verify", "version_unknown")
        self.read = 8
        (length,) = struct.unpack(">I", self.take(4))
        must(length <= 65_536, "verify", "too_large")
        envelope = decode(self.take(length))
        must(ENVELOPE(envelope), "verify", "envelope_malformed")
        self.manifest = Manifest(envelope[0])
        self.approvals = self.check_signatures(envelope, trust)

    def take(self, length):
        must(self.read + length <= len(self.data), "verify", "truncated")
        self.read += length
        return self.data[self.read - length : self.read]

    def check_signatures(self, envelope, trust):
        manifest = self.manifest
        known = trust["station"].get(manifest.station[0])
        must(known, "verify", "station_unknown")
        must(manifest.station[1] in known, "verify", "station_key")
        signed = [("station", envelope[1], manifest.station[1]), ("operator", envelope[2], manifest.operator[1])]
        for who, data, key in signed:
            cose = read_sign1(data, attached=False)
            good = cose is not None and fits(cose, f"rekam/v1/packet/{who}", envelope[0], key)
            must(good, "verify", f"{who}_signature")
        must([sha256(data) for data in envelope[3]] == manifest.approvals, "verify", "approval_list")
        approvals = []
        for data in envelope[3]:
            approval, fault = read_approval(data)
            must(fault is None, "verify", f"approval_{fault}")
            must(approval[1] == manifest.id and approval[2] is None, "verify", "approval_elsewhere")
            approvals.append(approval)
        return approvals

    def next_part(self, blob):
        data = self.take(blob[2])
        must(sha256(data) == blob[3], "verify", "part_changed")
        lines = data[:4096].split(b"\n")
        ends = [at for at, line in enumerate(lines) if line.startswith(b"--- ")]
        must(lines[0] == b"age-encryption.org/v1" and ends, "verify", "part_not_sealed")
        count = sum(line.startswith(b"-> X25519 ") for line in lines[: ends[0]])
        must(count >= 2, "verify", "recipients_too_few")
        return data

    def end(self):
        must(self.read == len(self.data), "verify", "trailing_bytes")


def verify(data, trust):
    packet = Packet(data, trust)
    for blob in packet.manifest.blobs:
        packet.next_part(blob)
    packet.end()
    return packet


# --- §6: age -------------------------------------------------------------------------------------------------------


def bech32_key(line):
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    values = [letters.index(letter) for letter in line.lower().rsplit("1", 1)[1]][:-6]
    bits = "".join(f"{value:05b}" for value in values)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, 256, 8))


def read_identities(content):
    lines = [line.strip() for line in content.splitlines()]
    return [X25519PrivateKey.from_private_bytes(bech32_key(l)) for l in lines if l and not l.startswith("#")]


def unpadded(data):
    if b"=" in data or not re.fullmatch(rb"[A-Za-z0-9+/]*", data):
        raise ValueError
    return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)


def hkdf(secret, salt, info):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)


def age_decrypt(data, identities, limit):
    try:
        return age_open(data, identities, limit)
    except (ValueError, IndexError, InvalidTag):
        raise Refused("open", "part_broken") from None


def file_key(stanzas, identities):
    for identity in identities:
        own = identity.public_key().public_bytes_raw()
        for share, body in stanzas:
            shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
            wrap = hkdf(shared, share + own, b"age-encryption.org/v1/X25519")
            try:
                return ChaCha20Poly1305(wrap).decrypt(bytes(12), body, None)
            except InvalidTag:
                continue
    raise Refused("open", "wrong_recipient")


def age_open(data, identities, limit):
    end = data.index(b"\n--- ") + 4
    tail = data.index(b"\n", end)
    lines = data[:end].split(b"\n")
    stanzas = []
    for at, line in enumerate(lines):
        if line.startswith(b"-> X25519 "):
            stanzas.append((unpadded(line[10:]), unpadded(lines[at + 1])))
    key = file_key(stanzas, identities)
    mac = hmac.new(hkdf(key, b"", b"header"), data[:end], hashlib.sha256).digest()
    if mac != unpadded(data[end + 1 : tail]):
        raise ValueError
    nonce, payload = data[tail + 1 : tail + 17], data[tail + 17 :]
    if len(nonce) < 16 or not payload:
        raise ValueError
    stream = ChaCha20Poly1305(hkdf(key, nonce, b"payload"))
    chunks = [payload[at : at + 65_552] for at in range(0, len(payload), 65_552)]
    plain = b""
    for count, chunk in enumerate(chunks):
        last = count + 1 == len(chunks)
        plain += stream.decrypt(count.to_bytes(11, "big") + bytes([last]), chunk, None)
    if len(chunks) > 1 and len(chunks[-1]) == 16:
        raise ValueError
    must(len(plain) <= limit, "open", "part_too_large")
    return plain


# --- §7, §8: inner manifest and rules ------------------------------------------------------------------------------

PROVENANCE = array(
    number(0, 65_535), either(exactly(""), ptext), TIME, nullable(number(0, 255)), raw(0, 2048),
    many(array(ptext, number(-(2**63), 2**63 - 1)), 0, 8),
)
# Code: (role, positions, excuses, forbids, needs approval)
CODES = {
    "FP_MISSING": ("finger", (1, 10), True, True, True),
    "FP_BANDAGED": ("finger", (1, 10), True, False, True),
    "FP_DEFORMED": ("finger", (1, 10), True, False, True),
    "FP_WORN": ("finger", (1, 10), True, False, True),
    "FP_PARTIAL": ("finger", (1, 10), False, False, True),
    "IRIS_BLIND": ("iris", (1, 2), True, False, True),
    "IRIS_MISSING": ("iris", (1, 2), True, True, True),
    "IRIS_UNCOOPERATIVE": ("iris", (1, 2), True, False, True),
    "SIG_UNABLE": ("signature", (0, 0), True, True, False),
    "FACE_LYING": (None, (0, 0), False, False, False),
    "FACE_COVER_RELIGIOUS": (None, (0, 0), False, False, False),
    "FACE_MEDICAL": (None, (0, 0), False, False, False),
    "VERIFY_INDEX_FAILED": (None, (0, 0), False, False, True),
}
EXCEPTION = array(raw(16, 16), word(*CODES), number(0, 65_535), number(0, 2**32 - 1))
INNER = array(
    exactly(1), UUID, ptext, many(word("photo", "signature", "fingers10", "iris2")),
    many(array(UINT, DIGEST, PROVENANCE)), many(EXCEPTION, 0, 32), many(array(ptext, ptext, ptext), 0, 16),
    many(array(UINT, TIME, ptext, ptext, DIGEST), 0, 1000),
)
POSITIONS = {"finger": (1, 10), "index_check": (1, 10), "iris": (1, 2), "slap": (1, 3), "document": (1, 65_535),
             "evidence": (0, 65_535)}


def check_inner(packet, inner):
    manifest = packet.manifest
    _, packet_id, _, modalities, parts, exceptions, devices, _ = inner
    sound = all(part[2][3] is None or part[2][3] < len(devices) for part in parts)
    must(sound, "open", "inner_malformed")
    must(packet_id == manifest.id, "open", "inner_elsewhere")
    must(len(parts) == len(manifest.blobs) - 1, "open", "part_count")
    there, seen = set(), set()
    for blob, part in zip(manifest.blobs[1:], parts):
        role, (position, document, *_) = blob[0], part[2]
        low, high = POSITIONS.get(role, (0, 0))
        must(low <= position <= high and (role == "document") == bool(document), "open", "position_wrong")
        place = (role, position, document)
        must(role in ("index_check", "evidence") or place not in seen, "open", "part_twice")
        seen.add(place)
        there.add((role, position))
    seen, excused = set(), set()
    for _, code, position, _ in exceptions:
        role, (low, high), excuses, forbids, _ = CODES[code]
        must(low <= position <= high, "open", "position_wrong")
        must((code, position) not in seen, "open", "part_twice")
        seen.add((code, position))
        must(not forbids or (role, position) not in there, "open", "exception_contradicted")
        if excuses:
            excused.add((role, position))
    wanted = {
        "photo": [{("photo", 0)}],
        "signature": [{("signature", 0)}, {("truth", 0)}],
        "fingers10": [{("finger", finger)} for finger in range(1, 11)],
        "iris2": [{("iris", eye)} for eye in (1, 2)],
    }
    covered = there | excused | ({("truth", 0)} if ("signature", 0) in excused else set())
    must(all(one <= covered for modality in modalities for one in wanted[modality]), "open", "modality_missing")
    check_approvals(packet, exceptions)


def check_approvals(packet, exceptions):
    manifest = packet.manifest
    known = {sha256(cbor2.dumps(exception, canonical=True)): exception for exception in exceptions}
    approved = set()
    for _, _, _, named, (account, key, _), role, _ in packet.approvals:
        must(set(named) <= set(known), "open", "approval_unmatched")
        must(account != manifest.operator[0] and key != manifest.operator[1], "open", "same_person_approves")
        must(role in ("GovernmentSectionHead", "Supervisor"), "open", "approver_role")
        approved |= set(named)
    waiting = any(CODES[exception[1]][4] and hash not in approved for hash, exception in known.items())
    must(not waiting or manifest.pending, "open", "exception_not_approved")
    must(waiting or not manifest.pending, "open", "nothing_pending")


# --- §9, §10: content ----------------------------------------------------------------------------------------------


def check_picture(data, kind):
    if kind == "JPEG":
        must(data.rstrip(b"\0").endswith(b"\xff\xd9"), "open", "image_broken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=[kind])
            size = picture.size
            large = max(size) > 12_000 or size[0] * size[1] * len(picture.getbands()) > 160 * 1024 * 1024
            if not large:
                picture.load()
    except Exception:
        raise Refused("open", "image_broken") from None
    must(not large, "open", "image_too_large")


def is_date(value):
    try:
        return text(value) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def of(pattern):
    return nullable(lambda value: text(value) and re.fullmatch(pattern, value) is not None)


TEXT, DATE, NIK = text, nullable(is_date), of("[1-9][0-9]{15}")
FOREIGNER = {
    **{key: TEXT for key in ("country", "passport_no", "itap_no", "itap_issue_place", "sponsor")},
    **{key: DATE for key in ("passport_expiry", "itap_issue_date", "itap_expiry")},
}
BIODATA = {
    **{key: NIK for key in ("nik", "kk_number", "mother_nik", "father_nik")},
    **{key: TEXT for key in ("full_name", "birth_place", "address", "village", "district", "regency", "province",
                             "mother_name", "father_name", "birth_certificate_no")},
    "birth_date": DATE, "rt": of("[0-9]{3}"), "rw": of("[0-9]{3}"),
    "sex": nullable(word("LAKI-LAKI", "PEREMPUAN")),
    "blood_type": of(r"(A|B|AB|O)[+-]?|TIDAK TAHU"),
    "religion": nullable(word("ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU",
                              "KEPERCAYAAN TERHADAP TUHAN YME/LAINNYA")),
    "marital_status": nullable(word("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")),
    "marital_form": nullable(word("BELUM KAWIN", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT", "CERAI HIDUP TERCATAT",
                                  "CERAI HIDUP BELUM TERCATAT", "CERAI MATI")),
    "occupation": nullable(number(1, 89)),
    "nationality": nullable(word("WNI", "WNA", "DUA KEWARGANEGARAAN")),
    "valid_until": nullable(either(exactly("lifelong"), lambda v: isinstance(v, dict) and list(v) == ["until"] and is_date(v["until"]))),
    "family_relation": nullable(word("KEPALA KELUARGA", "SUAMI", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANGTUA",
                                     "MERTUA", "FAMILI LAIN", "PEMBANTU", "LAINNYA")),
    "education": nullable(word("TIDAK/BELUM SEKOLAH", "BELUM TAMAT SD", "TAMAT SD", "SLTP", "SLTA", "DIPLOMA I/II",
                               "AKADEMI/DIPLOMA III/S. MUDA", "DIPLOMA IV/STRATA I", "STRATA II", "STRATA III")),
    "disability": nullable(word("FISIK", "NETRA/BUTA", "RUNGU/WICARA", "MENTAL/JIWA", "FISIK DAN MENTAL", "LAINNYA",
                                "TIDAK CACAT")),
    "foreigner": nullable(lambda value: follows(value, FOREIGNER)),
}


def follows(value, schema):
    return isinstance(value, dict) and all(key in schema and schema[key](given) for key, given in value.items())


def once(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key twice")
    return dict(pairs)


def check_biodata(data):
    try:
        person = json.loads(data.decode(), object_pairs_hook=once)
    except ValueError:
        raise Refused("open", "biodata_malformed") from None
    whole = follows(person, BIODATA) and person.get("nik") and person.get("birth_date")
    must(whole and person.get("full_name", "").strip(), "open", "biodata_malformed")


POINT = array(INT32, INT32, number(0, 65_535), number(0, 2**32 - 1))


def check_strokes(data):
    try:
        strokes = json.loads(data.decode())
    except ValueError:
        raise Refused("open", "strokes_malformed") from None
    good = many(many(POINT, 1), 1)(strokes) and sum(map(len, strokes)) <= 60_000
    must(good, "open", "strokes_malformed")


def check_content(role, media_type, data):
    special = {"biodata": ("application/vnd.rekam.biodata+json", check_biodata),
               "strokes": ("application/vnd.rekam.strokes+json", check_strokes)}
    if role in special:
        wanted, check = special[role]
        must(media_type == wanted, "open", "media_type")
        return check(data)
    must(media_type in ("image/jpeg", "image/png"), "open", "media_type")
    return check_picture(data, media_type.rsplit("/")[1].upper())


def open_packet(data, trust, identities):
    packet = Packet(data, trust)
    blobs = packet.manifest.blobs
    inner = decode(age_decrypt(packet.next_part(blobs[0]), identities, 1_048_576))
    must(INNER(inner), "open", "inner_malformed")
    check_inner(packet, inner)
    for blob, (length, digest, _) in zip(blobs[1:], inner[4]):
        plain = age_decrypt(packet.next_part(blob), identities, 16_777_216)
        must(len(plain) == length and sha256(plain) == digest, "open", "plaintext_changed")
        check_content(blob[0], blob[1], plain)
    packet.end()
    return packet


# --- §11: ledger ---------------------------------------------------------------------------------------------------


def judge_ledger(manifest, received, withdrawn, revoked):
    station = manifest.station[0]
    by_id = {known.id: known for known in received}
    if manifest.id in by_id:
        must(by_id[manifest.id].hash == manifest.hash, "ledger", "packet_id_taken")
        return "again"
    must(station not in revoked or manifest.counter <= revoked[station], "ledger", "station_revoked")
    must(str(uuid.UUID(bytes=manifest.id)) not in withdrawn, "ledger", "withdrawn")
    chain = {}
    for known in (known for known in received if known.station[0] == station):
        chain.setdefault(known.counter - 1, known.previous)
    for known in (known for known in received if known.station[0] == station):
        chain[known.counter] = known.hash
    must(chain.get(manifest.counter, manifest.hash) == manifest.hash, "ledger", "chain_fork")
    replaced = by_id.get(manifest.supersedes)
    must(replaced is None or replaced.station[0] == station, "ledger", "supersedes_elsewhere")
    if manifest.counter == 1:
        return "new"
    before = chain.get(manifest.counter - 1)
    must(before in (None, manifest.previous), "ledger", "chain_link")
    return "new_after_gap" if before is None else "new"


# --- §12: notices --------------------------------------------------------------------------------------------------

VERSION = number(0, 255)
RECEIPT = array(VERSION, UUID, DIGEST, number(0, 65_535), either(
    array(exactly(0)), array(exactly(1)), array(exactly(2), text, text)), UINT, TIME, text)
STATUS = array(VERSION, UINT, UUID, text, TIME, text)
WITHDRAWAL = array(VERSION, UUID, DIGEST, text, text, many(text), array(text, KEY, KEY_TRUST), DESK_ROLE, TIME)
BUNDLE = array(VERSION, text, UINT, text, KEY, many(raw()), many(KEY), text, text, many(text), text,
               many(array(text, DESK_ROLE)), many(array(text, UINT, UINT)), TIME, TIME)
COURIER = array(VERSION, text, text, TIME, many(array(text, UINT, DIGEST)))
COUNTERSIGNED = array(raw(), raw())


def read_notice(data, shape, sound, context, keys, limit=4096, key_inside=False):
    """With `key_inside` the notice itself says which key must have signed it."""
    must(len(data) <= limit, "notice", "too_large")
    cose = read_sign1(data, attached=True)
    notice = decode(cose[2]) if cose else None
    must(shape(notice), "notice", "malformed")
    must(notice[0] == 1, "notice", "version_unknown")
    must(sound(notice), "notice", "malformed")
    named = [key for key in keys(notice) if key_inside or sha256(key)[:8] == cose[0][5:]]
    must(named, "notice", "key_unknown")
    must(fits(cose, context, cose[2], named[0]), "notice", "signature")
    return notice


def read_countersigned(data, context, read_inside, keys):
    must(len(data) <= 4096, "notice", "too_large")
    both = decode(data)
    must(COUNTERSIGNED(both), "notice", "malformed")
    cose = read_sign1(both[1], attached=False)
    must(cose, "notice", "malformed")
    notice = read_inside(both[0])
    named = [key for key in keys(notice) if sha256(key)[:8] == cose[0][5:]]
    must(named, "notice", "key_unknown")
    must(fits(cose, context, both[0], named[0]), "notice", "countersignature")
    return notice


def check_receipt(data, trust, packet, _):
    sound = lambda r: is_uuid7(r[1]) and r[3] <= 200 and all(map(ptext, [*r[4][1:], r[7]]))
    receipt = read_notice(data, RECEIPT, sound, "rekam/v1/receipt", lambda r: trust["office"].get(r[7], []))
    must(receipt[1:3] == [packet.manifest.id, packet.manifest.hash], "notice", "elsewhere")


def check_status(data, trust, _packet, _):
    sound = lambda s: is_uuid7(s[2]) and s[1] >= 1 and 1 <= len(s[3].encode()) <= 512 and ptext(s[5])
    read_notice(data, STATUS, sound, "rekam/v1/status", lambda s: trust["office"].get(s[5], []))


def check_withdrawal(data, trust, packet, _):
    def read_inside(inside):
        sound = lambda w: is_uuid7(w[1]) and 1 <= len(w[5]) <= 16 and all(map(ptext, [w[3], w[4], *w[5], w[6][0]]))
        context = "rekam/v1/withdrawal/approver"
        return read_notice(inside, WITHDRAWAL, sound, context, lambda w: [w[6][1]], key_inside=True)

    station = lambda w: trust["station"].get(w[3], [])
    notice = read_countersigned(data, "rekam/v1/withdrawal/station", read_inside, station)
    may = notice[7] in ("GovernmentSectionHead", "IdentitySectionHead", "Supervisor")
    must(may and notice[6][0] not in notice[5], "notice", "wrong_person")
    manifest = packet.manifest
    must(notice[1:4] == [manifest.id, manifest.hash, manifest.station[0]], "notice", "elsewhere")
    other = notice[6][0] != manifest.operator[0] and notice[6][1] != manifest.operator[1]
    must(other, "notice", "wrong_person")


def check_late_approval(data, _trust, packet, _):
    def read_inside(inside):
        approval, fault = read_approval(inside)
        must(fault is None, "notice", fault)
        return approval

    manifest = packet.manifest
    context = "rekam/v1/packet/late-approval"
    approval = read_countersigned(data, context, read_inside, lambda _: [manifest.station[1]])
    must(approval[1:3] == [manifest.id, manifest.hash], "notice", "elsewhere")
    may = approval[5] in ("GovernmentSectionHead", "Supervisor")
    other = approval[4][0] != manifest.operator[0] and approval[4][1] != manifest.operator[1]
    must(may and other, "notice", "wrong_person")


def check_provisioning(data, trust, _packet, now):

    def sound(b):
        texts = [b[1], b[3], *b[9], *(role[0] for role in b[11]), *(block[0] for block in b[12])]
        keys = b[7] != b[8] and b[7].startswith("age1") and b[8].startswith("age1") and b[6]
        return keys and all(map(ptext, texts)) and all(block[1] <= block[2] for block in b[12]) and b[13] < b[14]

    bundle = read_notice(data, BUNDLE, sound, "rekam/v1/provisioning", lambda b: trust["office"].get(b[1], []), 4_194_304)
    must(bundle[13] <= now < bundle[14], "notice", "not_valid_now")


def check_courier(data, trust, _packet, _):
    part = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"

    def sound(c):
        names = [file[0] for file in c[4]]
        safe = all(len(name) <= 128 and re.fullmatch(f"{part}(/{part})?", name) for name in names)
        return safe and len(set(names)) == len(names) and ptext(c[1]) and ptext(c[2])

    known = lambda c: trust["station"].get(c[1], []) + trust["office"].get(c[1], [])
    read_notice(data, COURIER, sound, "rekam/v1/courier", known, 4_194_304)


NOTICES = {"receipt": check_receipt, "status": check_status, "withdrawal": check_withdrawal,
           "late-approval": check_late_approval, "provisioning": check_provisioning, "courier": check_courier}


# --- §14: the vectors ----------------------------------------------------------------------------------------------


def judge_folder(folder):
    expected = json.loads((folder / "expected.json").read_text())
    trust = read_trust((folder / "trust.pem").read_text())
    identities = read_identities((folder / "office.key").read_text())
    escrow = read_identities((folder / "escrow.key").read_text())
    for entry in expected["packets"]:
        data = (folder / entry["file"]).read_bytes()
        try:
            packet = verify(data, trust)
            open_packet(data, trust, identities)
            open_packet(data, trust, escrow)
            memory = entry["ledger"]
            received = [verify((folder / name).read_bytes(), trust).manifest for name in memory["received"]]
            verdict = "accept", judge_ledger(packet.manifest, received, memory["withdrawn"], memory["revoked"])
        except Refused as refused:
            verdict = refused.depth, refused.word
        print(json.dumps({"file": entry["file"], "depth": verdict[0], "word": verdict[1]}))
    for entry in expected["notices"]:
        about = entry["about"] and verify((folder / entry["about"]).read_bytes(), trust)
        try:
            NOTICES[entry["kind"]]((folder / entry["file"]).read_bytes(), trust, about, expected["now_ms"])
            verdict = "accept"
        except Refused as refused:
            verdict = refused.word
        print(json.dumps({"file": entry["file"], "kind": entry["kind"], "word": verdict}))


def judge_file(file, trust, key=None):
    data, trust = pathlib.Path(file).read_bytes(), read_trust(pathlib.Path(trust).read_text())
    try:
        packet = verify(data, trust)
        if key:
            open_packet(data, trust, read_identities(pathlib.Path(key).read_text()))
        print(json.dumps({"depth": "accept", "manifest": packet.manifest.hash.hex()}))
    except Refused as refused:
        print(json.dumps({"depth": refused.depth, "word": refused.word}))


if __name__ == "__main__":
    if sys.argv[1] == "verify":
        judge_file(*sys.argv[2:])
    else:
        judge_folder(pathlib.Path(sys.argv[1]))
