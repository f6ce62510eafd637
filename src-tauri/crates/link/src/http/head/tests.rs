use super::*;

fn read(text: &str) -> Result<Option<(Head, usize)>, HttpFault> {
    Head::read(text.as_bytes())
}

fn head(text: &str) -> Head {
    read(&format!("{text}\r\n\r\n")).unwrap().unwrap().0
}

#[test]
fn reads_status_and_fields_and_where_the_body_begins() {
    let (head, length) =
        read("HTTP/1.1 204 No Content\r\nUpload-Offset: 5 \r\nX:\r\n\r\nrest").unwrap().unwrap();
    assert_eq!((head.status, head.field("upload-offset"), head.field("x")), (204, Some("5"), Some("")));
    assert_eq!(length, "HTTP/1.1 204 No Content\r\nUpload-Offset: 5 \r\nX:\r\n\r\n".len());
    assert!(head.keeps_alive());
}

#[test]
fn waits_for_the_rest_of_a_head_at_every_cut() {
    let text = "HTTP/1.1 200 OK\r\nRekam-Signed: abc\r\n\r\n";
    for cut in 0..text.len() {
        assert_eq!(read(text.get(..cut).unwrap()), Ok(None), "cut at {cut}");
    }
    assert!(read(text).unwrap().is_some());
}

#[test]
fn refuses_what_is_not_http() {
    for text in [
        "\u{16}\u{3}\u{1}",
        "SSH-2.0-x",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
    ] {
        assert_eq!(read(text), Err(HttpFault::Malformed), "{text:?}");
    }
}

#[test]
fn refuses_a_head_without_end() {
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(HEAD_BYTES_MAX));
    assert_eq!(read(&endless), Err(HttpFault::TooLarge));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(FIELDS_MAX + 1));
    assert_eq!(read(&many), Err(HttpFault::TooLarge));
}

#[test]
fn knows_how_a_body_ends() {
    let framing = |text: &str| head(text).framing(false);
    assert_eq!(framing("HTTP/1.1 200 OK\r\nContent-Length: 12"), Ok(Framing::Length(12)));
    assert_eq!(framing("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked"), Ok(Framing::Chunked));
    assert_eq!(framing("HTTP/1.1 200 OK"), Ok(Framing::UntilClose));
    assert_eq!(framing("HTTP/1.1 204 OK\r\nContent-Length: 12"), Ok(Framing::Length(0)));
    assert_eq!(head("HTTP/1.1 200 OK\r\nContent-Length: 12").framing(true), Ok(Framing::Length(0)));
    assert_eq!(framing("HTTP/1.1 200 OK\r\nContent-Length: 5, 5"), Ok(Framing::Length(5)));
}

#[test]
fn refuses_two_ends_of_one_body() {
    let framing = |text: &str| head(text).framing(false);
    for text in ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked"]
    {
        assert_eq!(framing(&format!("HTTP/1.1 200 OK\r\n{text}")), Err(HttpFault::Malformed), "{text}");
    }
    for length in ["", "-1", "+5", "0x5", "5 6", "five"] {
        assert_eq!(
            framing(&format!("HTTP/1.1 200 OK\r\nContent-Length: {length}")),
            Err(HttpFault::Malformed)
        );
    }
    let long = "9".repeat(40);
    assert_eq!(framing(&format!("HTTP/1.1 200 OK\r\nContent-Length: {long}")), Err(HttpFault::TooLarge));
}

#[test]
fn an_old_or_closing_office_is_asked_on_a_new_connection() {
    assert!(!head("HTTP/1.0 200 OK").keeps_alive());
    assert!(!head("HTTP/1.1 200 OK\r\nConnection: x, Close").keeps_alive());
}
