//! Where the office, or a proxy, is reached.

/// A port is not named: that of HTTPS.
const PORT: u16 = 443;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// A name or an IP number, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Reads `https://host:port`, `host:port`, `[v6]:port` or a host alone.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("https://").unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']')?;
                (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
            }
            // More than one colon without brackets is an IPv6 number alone.
            None if text.matches(':').count() > 1 => (text, None),
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(PORT), |port| port.parse().ok())?;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:%".contains(&byte);
        (!host.is_empty() && port != 0 && host.bytes().all(is_host))
            .then(|| Self { host: host.to_owned(), port })
    }

    /// As it stands in a request to a proxy.
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_common_spelling_of_an_address() {
        for (text, host, port) in [
            ("https://kantor.example:8443", "kantor.example", 8443),
            ("https://kantor.example/", "kantor.example", 443),
            ("10.1.2.3:8443", "10.1.2.3", 8443),
            ("[::1]:8443", "::1", 8443),
            ("https://[fe80::1%eth0]", "fe80::1%eth0", 443),
            ("::1", "::1", 443),
        ] {
            let address = Address::read(text).unwrap();
            assert_eq!((address.host.as_str(), address.port), (host, port), "{text}");
        }
        assert_eq!(Address::read("::1").unwrap().authority(), "[::1]:443");
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in
            ["", "http://kantor", "kantor:0", "kantor:99999", "a b", "kantor/x", "[::1", "a\r\nX: y", ":1"]
        {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }
}
