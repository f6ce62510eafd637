//! The books an office keeps (`domain.md` §3.1).

crate::word::words! {
    /// A register; its id is the legal name of the book.
    pub enum Book {
        /// Applications.
        Daftar => "REG-DAFTAR",
        /// Recordings.
        Rekam => "REG-REKAM",
        /// Letters.
        Agenda => "REG-AGENDA",
        /// Dispatch of data, files and cards.
        Kirim => "REG-KIRIM",
        /// Printed cards.
        Cetak => "REG-CETAK",
        /// Ledger of card blanks.
        Blanko => "REG-BLANKO",
        /// Invalid and spoiled cards.
        Invalid => "REG-INVALID",
        /// Pickup of cards and letters.
        Ambil => "REG-AMBIL",
        /// Archive of paper files.
        Arsip => "REG-ARSIP",
    }
}
