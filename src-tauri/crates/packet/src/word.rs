//! Closed vocabularies whose every variant has one fixed spelling in a packet, and words of the domain as CBOR text.

/// Declares an enum with its spelling, its full list, its CBOR form and its JSON form (both the spelling).
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$note:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            /// Every word of this vocabulary, in the order of its declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The fixed spelling of this word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The word with this spelling, if there is one.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                form.write_str(self.word())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self, to: &mut minicbor::Encoder<W>, _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                to.str(self.word())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(from: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::from_word(from.str()?)
                    .ok_or_else(|| minicbor::decode::Error::message(concat!("not a word of ", stringify!($name))))
            }
        }
    };
}

/// Gives a vocabulary of the domain the same CBOR form, for `#[cbor(with = "…")]`.
macro_rules! domain_word {
    ($module:ident, $name:ty) => {
        pub(crate) mod $module {
            type Word = $name;

            pub(crate) fn encode<C, W: minicbor::encode::Write>(
                value: &Word,
                to: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                to.str(value.word())?.ok()
            }

            pub(crate) fn decode<'b, C>(
                from: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Word, minicbor::decode::Error> {
                Word::from_word(from.str()?)
                    .ok_or_else(|| minicbor::decode::Error::message("not a known word"))
            }
        }
    };
}

domain_word!(exception_code, rekam_domain::exception::ExceptionCode);
domain_word!(role, rekam_domain::role::Role);

/// The modalities of a profile, as a list of words.
pub(crate) mod modalities {
    use minicbor::encode::Write;
    use minicbor::{Decoder, Encoder};
    use rekam_domain::profile::Modality;

    pub(crate) fn encode<C, W: Write>(
        value: &[Modality],
        to: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let words: Vec<&str> = value.iter().map(|modality| modality.word()).collect();
        to.encode_with(words, context)?.ok()
    }

    pub(crate) fn decode<'b, C>(
        from: &mut Decoder<'b>,
        context: &mut C,
    ) -> Result<Vec<Modality>, minicbor::decode::Error> {
        let words: Vec<&str> = from.decode_with(context)?;
        let read = |word: &&str| {
            Modality::from_word(word).ok_or_else(|| minicbor::decode::Error::message("no modality"))
        };
        words.iter().map(read).collect()
    }
}

pub(crate) use words;
