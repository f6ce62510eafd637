//! Receipts and other notices, accepted and refused.

use rekam_domain::role::Role as DeskRole;
use rekam_packet::NoticeRefusal::*;
use rekam_packet::notice::*;
use rekam_packet::*;

use crate::recipe::sign;
use crate::sample::*;
use crate::vectors::{NoticeVector, Vector};

/// `ordinary` is the packet the receipts are about, `pending` the one that waits for an approval.
pub(crate) fn notices(ordinary: &Vector, pending: &Vector) -> Vec<NoticeVector> {
    let manifest = read_unverified(&mut ordinary.bytes.as_slice()).unwrap();
    let mut all = receipts(&manifest, &ordinary.file());
    all.extend(statuses(&manifest));
    all.extend(withdrawals(&manifest));
    all.extend(late_approvals(pending));
    all.extend(bundles());
    all.extend(couriers(ordinary));
    all
}

fn receipts(manifest: &Manifest, about: &str) -> Vec<NoticeVector> {
    let receipt = Receipt {
        version: VERSION,
        packet_id: manifest.packet_id,
        manifest: manifest.hash(),
        blobs: manifest.blobs.len() as u16,
        done: Done::OpenedAndVerified,
        position: 41,
        at_ms: SEALED_MS + 3_600_000,
        office: OFFICE.into(),
    };
    let bytes = |receipt: &Receipt| receipt.sign(&office_key()).unwrap();
    let signed = |change: fn(&mut Receipt)| {
        let mut receipt = receipt.clone();
        change(&mut receipt);
        bytes(&receipt)
    };
    let payload = minicbor::to_vec(&receipt).unwrap();
    let mut changed = bytes(&receipt);
    *changed.last_mut().unwrap() ^= 1;
    let vector = |name: &str, bytes, refusal| NoticeVector::new("receipt", name, bytes, refusal).about(about);
    vec![
        vector("accept-receipt-opened", bytes(&receipt), None),
        vector("accept-receipt-stored", signed(|receipt| receipt.done = Done::Stored), None),
        vector(
            "accept-receipt-refused",
            signed(|receipt| receipt.done = Done::refused(Refusal::Open(OpenRefusal::ImageBroken))),
            None,
        ),
        vector("reject-receipt-changed", changed, Some(Signature)),
        vector("reject-receipt-of-a-stranger", receipt.sign(&stranger_key()).unwrap(), Some(KeyUnknown)),
        vector(
            "reject-receipt-signed-by-the-station",
            receipt.sign(&station_key()).unwrap(),
            Some(KeyUnknown),
        ),
        vector(
            "reject-receipt-from-another-context",
            sign(Context::STATUS, &payload, true, &office_key()),
            Some(Signature),
        ),
        vector(
            "reject-receipt-without-payload",
            sign(Context::RECEIPT, &payload, false, &office_key()),
            Some(Malformed),
        ),
        vector(
            "reject-receipt-of-another-manifest",
            signed(|receipt| receipt.manifest = Digest::of(b"another manifest")),
            Some(Elsewhere),
        ),
        vector("reject-receipt-newer-version", signed(|receipt| receipt.version = 2), Some(VersionUnknown)),
        vector(
            "reject-receipt-field-added",
            sign(
                Context::RECEIPT,
                &[&[payload[0] + 1], &payload[1..], &[0xf6]].concat(),
                true,
                &office_key(),
            ),
            Some(Malformed),
        ),
        vector("reject-receipt-too-long", vec![0; limit::NOTICE_BYTES_MAX + 1], Some(TooLarge)),
    ]
}

fn statuses(manifest: &Manifest) -> Vec<NoticeVector> {
    let entry = |status: &str| StatusEntry {
        version: VERSION,
        cursor: 7,
        packet_id: manifest.packet_id,
        status: status.into(),
        at_ms: SEALED_MS + 86_400_000,
        office: OFFICE.into(),
    };
    let known = entry("PRINT_READY_RECORD");
    let unknown = entry("MENUNGGU  Verifikasi Lapangan");
    let empty = entry("");
    vec![
        NoticeVector::new("status", "accept-status-known", known.sign(&office_key()).unwrap(), None),
        NoticeVector::new("status", "accept-status-unknown", unknown.sign(&office_key()).unwrap(), None),
        NoticeVector::new(
            "status",
            "reject-status-empty",
            empty.sign(&office_key()).unwrap(),
            Some(Malformed),
        ),
        NoticeVector::new(
            "status",
            "reject-status-of-a-stranger",
            known.sign(&stranger_key()).unwrap(),
            Some(KeyUnknown),
        ),
    ]
}

fn withdrawals(manifest: &Manifest) -> Vec<NoticeVector> {
    let notice = WithdrawalNotice {
        version: VERSION,
        packet_id: manifest.packet_id,
        manifest: manifest.hash(),
        station: STATION.into(),
        reason: "wrong_person_recorded".into(),
        operators: vec!["operator-1".into()],
        approver: PersonRef {
            account: "kasi-1".into(),
            key: approver_key().public_key(),
            trust: KeyTrust::Software,
        },
        role: DeskRole::GovernmentSectionHead,
        at_ms: SEALED_MS + 7_200_000,
    };
    let by = |notice: &WithdrawalNotice, approver, station| {
        Withdrawal::sign(notice, &key(approver), &key(station)).unwrap()
    };
    let own = WithdrawalNotice { operators: vec!["kasi-1".into()], ..notice.clone() };
    let role = WithdrawalNotice { role: DeskRole::FrontDesk, ..notice.clone() };
    let mut changed = by(&notice, 3, 1);
    *changed.last_mut().unwrap() ^= 1;
    let vector = |name: &str, bytes, refusal| NoticeVector::new("withdrawal", name, bytes, refusal);
    vec![
        vector("accept-withdrawal", by(&notice, 3, 1), None),
        vector("reject-withdrawal-of-own-work", by(&own, 3, 1), Some(WrongPerson)),
        vector("reject-withdrawal-by-front-desk", by(&role, 3, 1), Some(WrongPerson)),
        vector("reject-withdrawal-approver-signature", by(&notice, 9, 1), Some(Signature)),
        vector("reject-withdrawal-of-a-stranger", by(&notice, 3, 9), Some(KeyUnknown)),
        vector("reject-withdrawal-station-signature", changed, Some(Countersignature)),
    ]
}

fn late_approvals(pending: &Vector) -> Vec<NoticeVector> {
    let manifest = read_unverified(&mut pending.bytes.as_slice()).unwrap();
    let sample = Sample::full("accept-approval-pending", manifest.counter, manifest.previous)
        .excepted(rekam_domain::exception::ExceptionCode::IrisBlind, 1);
    let approval = Approval { manifest: Some(manifest.hash()), ..sample.approval() };
    let by = |approval: &Approval, approver, station| {
        LateApproval::sign(approval.sign(&key(approver)).unwrap(), &key(station)).unwrap()
    };
    let elsewhere = Approval { manifest: Some(Digest::of(b"another manifest")), ..approval.clone() };
    let early = Approval { manifest: None, ..approval.clone() };
    let own = Approval { approver: manifest.operator.clone(), ..approval.clone() };
    let about = pending.file();
    let vector =
        |name: &str, bytes, refusal| NoticeVector::new("late-approval", name, bytes, refusal).about(&about);
    vec![
        vector("accept-late-approval", by(&approval, 3, 1), None),
        vector("reject-late-approval-of-another-packet", by(&elsewhere, 3, 1), Some(Elsewhere)),
        vector("reject-late-approval-without-manifest", by(&early, 3, 1), Some(Elsewhere)),
        vector("reject-late-approval-by-the-operator", by(&own, 2, 1), Some(WrongPerson)),
        vector("reject-late-approval-signature", by(&approval, 9, 1), Some(Signature)),
        vector("reject-late-approval-of-a-stranger", by(&approval, 3, 9), Some(KeyUnknown)),
    ]
}

fn bundles() -> Vec<NoticeVector> {
    let recipient = |file: &str| IdentityKey::read_file(file).unwrap()[0].recipient().to_string();
    let bundle = Bundle {
        version: VERSION,
        office: OFFICE.into(),
        serial: 1,
        station: STATION.into(),
        station_key: station_key().public_key(),
        certificates: vec![b"a certificate would stand here".to_vec().into()],
        office_keys: vec![office_key().public_key()],
        active: recipient(ACTIVE_FILE),
        escrow: recipient(ESCROW_FILE),
        addresses: vec!["https://penerima.example:8443".into()],
        profile: "[profile]\nid = \"contoh\"\n".into(),
        roles: vec![AccountRole { account: "operator-1".into(), role: DeskRole::CaptureOperator }],
        numbers: vec![NumberBlock { series: "registration".into(), first: 1, last: 500 }],
        from_ms: SEALED_MS - 1_000,
        until_ms: SEALED_MS + 31_536_000_000,
    };
    let one_key = Bundle { escrow: bundle.active.clone(), ..bundle.clone() };
    let over = Bundle { until_ms: SEALED_MS, ..bundle.clone() };
    let vector = |name: &str, bundle: &Bundle, by, refusal| {
        NoticeVector::new("provisioning", name, bundle.sign(&key(by)).unwrap(), refusal)
    };
    vec![
        vector("accept-provisioning", &bundle, 4, None),
        vector("reject-provisioning-escrow-is-active", &one_key, 4, Some(Malformed)),
        vector("reject-provisioning-of-a-stranger", &bundle, 9, Some(KeyUnknown)),
        vector("reject-provisioning-expired", &over, 4, Some(NotValidNow)),
    ]
}

fn couriers(ordinary: &Vector) -> Vec<NoticeVector> {
    let file = CourierFile {
        name: format!("packets/{}", ordinary.file()),
        length: ordinary.bytes.len() as u64,
        sha256: Digest::of(&ordinary.bytes),
    };
    let list = CourierList {
        version: VERSION,
        from: STATION.into(),
        to: OFFICE.into(),
        at_ms: SEALED_MS + 600_000,
        files: vec![file.clone()],
    };
    let escape = CourierList {
        files: vec![CourierFile { name: "../outside".into(), ..file.clone() }],
        ..list.clone()
    };
    let twice = CourierList { files: vec![file.clone(), file], ..list.clone() };
    let vector = |name: &str, list: &CourierList, by, refusal| {
        NoticeVector::new("courier", name, list.sign(&key(by)).unwrap(), refusal)
    };
    vec![
        vector("accept-courier", &list, 1, None),
        vector("reject-courier-name-leaves-the-folder", &escape, 1, Some(Malformed)),
        vector("reject-courier-name-twice", &twice, 1, Some(Malformed)),
        vector("reject-courier-of-a-stranger", &list, 9, Some(KeyUnknown)),
    ]
}
