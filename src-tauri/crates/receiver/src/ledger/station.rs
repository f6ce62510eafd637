//! Stations, their keys, certificates and bundles.

use rekam_packet::{Digest, PublicKey, Trust};
use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

use super::{LedgerError, View};

/// A station as the office knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StationRow {
    /// Its id.
    pub id: String,
    /// The public key it shows on the line.
    pub transport_key: PublicKey,
    /// The last counter that is still accepted, once it was revoked.
    pub revoked_after: Option<u64>,
    /// Why it was revoked.
    pub revoked_why: String,
    /// When it was added, in milliseconds since 1970.
    pub added_ms: i64,
    /// When it was last heard of, on the line or by a disk, in milliseconds since 1970; 0 is never.
    pub seen_ms: i64,
}

/// Who is on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The station.
    pub station: String,
    /// It was revoked.
    pub is_revoked: bool,
}

const COLUMNS: &str = "id, transport_key, revoked_after, revoked_why, added_ms, seen_ms";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<StationRow> {
    Ok(StationRow {
        id: row.get(0)?,
        transport_key: PublicKey::from_bytes(row.get(1)?),
        revoked_after: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
        revoked_why: row.get(3)?,
        added_ms: row.get(4)?,
        seen_ms: row.get(5)?,
    })
}

impl View<'_> {
    /// Adds a station, or a further signing key and a new transport key of one that is there.
    ///
    /// # Errors
    /// The database.
    pub fn add_station(
        &self,
        id: &str,
        signing: PublicKey,
        transport: PublicKey,
        at_ms: i64,
    ) -> Result<(), LedgerError> {
        self.sql().execute(
            "INSERT INTO station (id, transport_key, added_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET transport_key = ?2",
            params![id, transport.as_bytes(), at_ms],
        )?;
        self.sql().execute(
            "INSERT INTO station_key (station, signing_key) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![id, signing.as_bytes()],
        )?;
        Ok(())
    }

    /// A station was heard of.
    ///
    /// # Errors
    /// The database.
    pub fn see_station(&self, id: &str, at_ms: i64) -> Result<(), LedgerError> {
        let sql = "UPDATE station SET seen_ms = max(seen_ms, ?2) WHERE id = ?1";
        self.sql().prepare_cached(sql)?.execute(params![id, at_ms])?;
        Ok(())
    }

    /// The station of a signing key, if one has it.
    ///
    /// # Errors
    /// The database.
    pub fn owner_of_key(&self, signing: &PublicKey) -> Result<Option<String>, LedgerError> {
        let sql = "SELECT station FROM station_key WHERE signing_key = ?1";
        Ok(self.sql().query_row(sql, [signing.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// Revokes a station; says whether there is one.
    ///
    /// # Errors
    /// The database.
    pub fn revoke_station(&self, id: &str, after: u64, why: &str) -> Result<bool, LedgerError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let sql = "UPDATE station SET revoked_after = ?2, revoked_why = ?3 WHERE id = ?1";
        Ok(self.sql().execute(sql, params![id, after, why])? > 0)
    }

    /// A station.
    ///
    /// # Errors
    /// The database.
    pub fn station(&self, id: &str) -> Result<Option<StationRow>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM station WHERE id = ?1");
        Ok(self.sql().prepare_cached(&sql)?.query_row([id], read).optional()?)
    }

    /// Every station, by id.
    ///
    /// # Errors
    /// The database.
    pub fn stations(&self) -> Result<Vec<StationRow>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM station ORDER BY id");
        let mut ask = self.sql().prepare_cached(&sql)?;
        let rows = ask.query_map([], read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// The signing keys of a station, newest last.
    ///
    /// # Errors
    /// The database.
    pub fn station_keys(&self, id: &str) -> Result<Vec<PublicKey>, LedgerError> {
        let mut ask = self
            .sql()
            .prepare_cached("SELECT signing_key FROM station_key WHERE station = ?1 ORDER BY sequence")?;
        let rows = ask.query_map([id], |row| row.get(0).map(PublicKey::from_bytes))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A station and its keys, as the format wants them.
    ///
    /// # Errors
    /// The database.
    pub fn trust(&self, station: &str) -> Result<Trust, LedgerError> {
        let keys = self.station_keys(station)?;
        Ok(keys.into_iter().fold(Trust::default(), |trust, key| trust.with_station(station, key)))
    }

    /// Admits a certificate; the one before it stays good until its own end.
    ///
    /// # Errors
    /// The database.
    pub fn set_certificate(&self, station: &str, sha256: Digest) -> Result<(), LedgerError> {
        self.sql().execute(
            "INSERT INTO certificate (sha256, station) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![sha256.as_bytes(), station],
        )?;
        Ok(())
    }

    /// Forgets the certificates of a station, because its key for the line is another now.
    ///
    /// # Errors
    /// The database.
    pub fn drop_certificates(&self, station: &str) -> Result<(), LedgerError> {
        self.sql().execute("DELETE FROM certificate WHERE station = ?1", [station])?;
        Ok(())
    }

    /// Who shows this certificate.
    ///
    /// # Errors
    /// The database.
    pub fn peer(&self, certificate: Digest) -> Result<Option<Peer>, LedgerError> {
        let sql = "SELECT station.id, station.revoked_after IS NOT NULL FROM certificate
                   JOIN station ON station.id = certificate.station WHERE certificate.sha256 = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok(Peer { station: row.get(0)?, is_revoked: row.get(1)? });
        Ok(self.sql().prepare_cached(sql)?.query_row([certificate.as_bytes()], read).optional()?)
    }

    /// Keeps a bundle.
    ///
    /// # Errors
    /// The database.
    pub fn add_bundle(&self, station: &str, serial: u64, bytes: &[u8]) -> Result<(), LedgerError> {
        let serial = i64::try_from(serial).unwrap_or(i64::MAX);
        self.sql().execute(
            "INSERT INTO bundle (station, serial, bytes) VALUES (?1, ?2, ?3)",
            params![station, serial, bytes],
        )?;
        Ok(())
    }

    /// Every bundle of every station but this one, with its owner.
    ///
    /// # Errors
    /// The database.
    pub fn bundles_of_others(&self, station: &str) -> Result<Vec<(String, Vec<u8>)>, LedgerError> {
        let mut ask = self
            .sql()
            .prepare_cached("SELECT station, bytes FROM bundle WHERE station <> ?1 ORDER BY station")?;
        let rows = ask.query_map([station], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest bundle of a station.
    ///
    /// # Errors
    /// The database.
    pub fn bundle(&self, station: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        let sql = "SELECT bytes FROM bundle WHERE station = ?1 ORDER BY serial DESC LIMIT 1";
        Ok(self.sql().query_row(sql, [station], |row| row.get(0)).optional()?)
    }
}
