/*! The connection file: what a Jupyter client tells a kernel of the five sockets between them. */

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;

/// Where the sockets are bound, and the key that signs the messages.
#[derive(Debug, Clone, Deserialize)]
pub struct Connection {
    #[serde(default = "default_transport")]
    transport: String,
    ip: String,
    pub shell_port: u16,
    pub control_port: u16,
    pub iopub_port: u16,
    pub stdin_port: u16,
    pub hb_port: u16,
    /// Empty if messages are not signed.
    #[serde(default)]
    pub key: String,
    #[serde(default = "default_scheme")]
    signature_scheme: String,
}

fn default_transport() -> String {
    "tcp".into()
}

fn default_scheme() -> String {
    "hmac-sha256".into()
}

impl Connection {
    /// Reads a connection file.
    ///
    /// # Errors
    /// When it cannot be read, is no connection file, or asks for a transport or signature that this kernel lacks.
    pub fn read(path: &Path) -> Result<Connection> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let connection: Connection = serde_json::from_str(&text).with_context(|| {
            format!("{shown} is not a connection file\nhelp: a Jupyter client writes one and passes its path as {{connection_file}}")
        })?;
        if !["tcp", "ipc"].contains(&connection.transport.as_str()) {
            bail!("{shown}: expected the transport tcp or ipc, got {:?}", connection.transport);
        }
        if !connection.key.is_empty() && connection.signature_scheme != "hmac-sha256" {
            bail!("{shown}: expected the signature scheme hmac-sha256, got {:?}", connection.signature_scheme);
        }
        Ok(connection)
    }

    /// The address of the socket with this port.
    pub fn endpoint(&self, port: u16) -> String {
        match self.transport.as_str() {
            "ipc" => format!("ipc://{}-{port}", self.ip),
            _ if self.ip.contains(':') => format!("tcp://[{}]:{port}", self.ip),
            _ => format!("tcp://{}:{port}", self.ip),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Connection> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Connection::read(file.path())
    }

    const PORTS: &str = r#""shell_port": 1, "control_port": 2, "iopub_port": 3, "stdin_port": 4, "hb_port": 5"#;

    #[test]
    fn endpoints_follow_the_transport() {
        let endpoint = |start: &str| read(&format!("{{{start}, {PORTS}}}")).unwrap().endpoint(1);
        assert_eq!(endpoint(r#""ip": "127.0.0.1""#), "tcp://127.0.0.1:1");
        assert_eq!(endpoint(r#""ip": "::1", "transport": "tcp""#), "tcp://[::1]:1");
        assert_eq!(endpoint(r#""ip": "/run/kernel", "transport": "ipc""#), "ipc:///run/kernel-1");
    }

    #[test]
    fn what_is_no_connection_file_is_refused() {
        for (text, expected) in [
            ("{", "is not a connection file"),
            ("{}", "is not a connection file"),
            (&*format!(r#"{{"ip": "a", "transport": "udp", {PORTS}}}"#), "expected the transport tcp or ipc"),
            (
                &*format!(r#"{{"ip": "a", "key": "k", "signature_scheme": "md5", {PORTS}}}"#),
                "expected the signature scheme",
            ),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
