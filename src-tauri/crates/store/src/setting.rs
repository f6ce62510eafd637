//! Small things the station remembers: settings and the cards of its accounts.

use std::fmt;

use rusqlite::params;
use serde_json::Value;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{at_most, json};

/// The largest value of a setting; anything larger has a table of its own.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// What is known of a person who signs in, beyond the keys.
#[derive(Clone, PartialEq)]
pub struct AccountCardRow {
    /// Account id.
    pub account: String,
    /// Full name.
    pub full_name: String,
    /// Role words.
    pub roles: Value,
    /// Number of the decree.
    pub decree: String,
    /// Last day of the decree, `yyyy-mm-dd`.
    pub decree_expires: String,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

impl fmt::Debug for AccountCardRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccountCardRow({})", self.account)
    }
}

impl Writing<'_> {
    /// Sets a value.
    ///
    /// # Errors
    /// When the value is too large, or the disk refuses.
    pub fn mark_setting(&mut self, key: &str, value: &str, now_ms: i64) -> Result<(), StoreError> {
        at_most("the value of a setting", value.len(), VALUE_BYTES_MAX)?;
        self.run(
            "keep a setting",
            "INSERT INTO setting (key, value, changed_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms",
            params![key, value, now_ms],
        )?;
        Ok(())
    }

    /// Keeps the card of an account, new or changed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn mark_account_card(&mut self, card: &AccountCardRow) -> Result<(), StoreError> {
        self.run(
            "keep an account's card",
            "INSERT INTO account_card (account, full_name, roles, decree, decree_expires, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account) DO UPDATE SET full_name = excluded.full_name, roles = excluded.roles,
                 decree = excluded.decree, decree_expires = excluded.decree_expires, changed_ms = excluded.changed_ms",
            params![
                card.account,
                card.full_name,
                card.roles.to_string(),
                card.decree,
                card.decree_expires,
                card.changed_ms
            ],
        )?;
        Ok(())
    }
}

impl Reading<'_> {
    /// A value, if it was ever set.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.one("read a setting", "SELECT value FROM setting WHERE key = ?1", [key], |row| row.get("value"))
    }

    /// Every account's card.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_account_cards(&self) -> Result<Vec<AccountCardRow>, StoreError> {
        self.all(
            "list accounts' cards",
            "SELECT account, full_name, roles, decree, decree_expires, changed_ms FROM account_card ORDER BY account",
            [],
            |row| {
                Ok(AccountCardRow {
                    account: row.get("account")?,
                    full_name: row.get("full_name")?,
                    roles: json(row, "roles")?,
                    decree: row.get("decree")?,
                    decree_expires: row.get("decree_expires")?,
                    changed_ms: row.get("changed_ms")?,
                })
            },
        )
    }
}
