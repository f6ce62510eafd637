//! Biometric exceptions (`domain.md` §4.6).

crate::word::words! {
    /// Why a modality is missing, poor or different.
    pub enum ExceptionCode {
        /// The finger is missing.
        FpMissing => "FP_MISSING",
        /// The finger is bandaged: a later date may be better.
        FpBandaged => "FP_BANDAGED",
        /// The finger is deformed.
        FpDeformed => "FP_DEFORMED",
        /// The ridges are worn.
        FpWorn => "FP_WORN",
        /// Only a part of the finger can be recorded.
        FpPartial => "FP_PARTIAL",
        /// The eye is blind.
        IrisBlind => "IRIS_BLIND",
        /// The eye is missing.
        IrisMissing => "IRIS_MISSING",
        /// The person cannot hold still for the iris camera.
        IrisUncooperative => "IRIS_UNCOOPERATIVE",
        /// The person cannot sign.
        SigUnable => "SIG_UNABLE",
        /// The photo is taken lying down.
        FaceLying => "FACE_LYING",
        /// Religious head cover.
        FaceCoverReligious => "FACE_COVER_RELIGIOUS",
        /// Medical reason that changes the photo.
        FaceMedical => "FACE_MEDICAL",
        /// The index fingers could not be validated.
        VerifyIndexFailed => "VERIFY_INDEX_FAILED",
    }
}
