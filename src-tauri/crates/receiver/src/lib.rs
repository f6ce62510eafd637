//! The office side: takes packets in, verifies, keeps and receipts them. The line is described in `WIRE.md`.
