//! Programs that are not ours deliver to our office.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rekam_packet::Upload;
use rekam_packet::notice::{Bundle, Done, Payload as _, Receipt};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{pem, pkcs8};
use crate::house::House;

/// Cuts on the way of one packet.
const CUTS: u64 = 6;

#[test]
fn tus_js_client_delivers_through_cuts() {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let peers = tree.join("target/peers");
    assert!(peers.join("node_modules/tus-js-client").exists(), "run tests/peers/prepare.sh");
    let house = House::new();
    let (mut desk, _) = house.admit("desk-1", 11);
    let sealed = desk.seal_raw(&vec![5; 3_000_000]);
    let bundle = house.office.ledger.read(|view| view.bundle("desk-1")).unwrap().unwrap();
    let bundle = Bundle::verify_by(&bundle, [&house.office.public_key()]).unwrap();
    let place = TempDir::new().unwrap();
    let uploads: Vec<Value> = Upload::ALL
        .iter()
        .map(|part| {
            let file = place.path().join(part.word());
            fs::write(&file, sealed.upload(*part)).unwrap();
            json!({"packet": sealed.id, "part": part, "file": file})
        })
        .collect();
    let todo = json!({
        "host": house.address.ip().to_string(),
        "port": house.address.port(),
        "ca": pem("CERTIFICATE", &bundle.certificates[1]),
        "cert": pem("CERTIFICATE", &bundle.certificates[0]),
        "key": pem("PRIVATE KEY", &pkcs8(&desk.transport)),
        "cuts": CUTS,
        "cut_after": 450_000,
        "uploads": uploads,
    });
    let file = place.path().join("todo.json");
    fs::write(&file, todo.to_string()).unwrap();
    let script = tree.join("tests/peers/tus_deliver.mjs");
    let output = Command::new("node").arg(script).arg(&peers).arg(&file).output().expect("node is here");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["made"], CUTS, "the cuts were really made");
    let signed = URL_SAFE_NO_PAD.decode(said["signed"].as_str().expect("a receipt")).unwrap();
    let receipt = Receipt::verify_by(&signed, [&house.office.public_key()]).unwrap();
    assert_eq!((receipt.packet_id, receipt.manifest), (sealed.id, sealed.outline.manifest_hash));
    assert_eq!(receipt.done, Done::Stored);
    assert_eq!(rekam_receiver::check::check(&house.office).unwrap().1, []);
}
