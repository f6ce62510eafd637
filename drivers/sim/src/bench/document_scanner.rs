//! The simulated document scanner.

use rekam_driver_api::{
    CaptureEvent, CaptureHint, CapturedPages, DeviceError, DeviceErrorKind, DeviceIdentity, DeviceKind,
    DocumentScanner, Factory, Image, Listed, PAGES_MAX, PageColour, PageOrder, PageSource, Selector, Watch,
};

use crate::bench::run::{Run, failure, garbled};
use crate::bench::{Fault, Handle, SimBench};
use crate::detail::PAGE_DPI;

struct SimDocumentScanner(Handle);

impl Factory<dyn DocumentScanner> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::DocumentScanner)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn DocumentScanner>, DeviceError> {
        Ok(Box::new(SimDocumentScanner(self.open_kind(DeviceKind::DocumentScanner, selector)?)))
    }
}

impl DocumentScanner for SimDocumentScanner {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn capture(&mut self, order: &PageOrder, watch: &mut Watch<'_>) -> Result<CapturedPages, DeviceError> {
        if order.dpi != PAGE_DPI || order.colour != PageColour::Grey || order.pages_max == 0 {
            return Err(failure(
                DeviceErrorKind::Unsupported,
                "only grey pages at 200 dpi, and at least one",
            ));
        }
        let mut run = Run::begin(&self.0, order.terms, watch)?;
        let mut pages = Vec::new();
        let pages_max = match order.source {
            PageSource::Flatbed => 1,
            PageSource::Feeder => order.pages_max.min(PAGES_MAX),
        };
        while pages.len() < usize::from(pages_max) {
            match scan_page(&mut run, &self.0, &pages) {
                Ok(Some(page)) => pages.push(page),
                Ok(None) => break,
                // A cancel throws the pages away; any other failure keeps those that are complete.
                Err(error) if error.kind == DeviceErrorKind::Cancelled || pages.is_empty() => {
                    return Err(error);
                }
                Err(error) => {
                    return Ok(CapturedPages { pages, stopped_by: Some(error), origin: run.origin() });
                }
            }
            if run.is_finished {
                break;
            }
        }
        Ok(CapturedPages { pages, stopped_by: None, origin: run.origin() })
    }
}

/// Draws in one page; nothing when the feeder has become empty.
fn scan_page(run: &mut Run<'_, '_>, handle: &Handle, before: &[Image]) -> Result<Option<Image>, DeviceError> {
    run.restart_limit();
    let complete = u16::try_from(before.len()).unwrap_or(u16::MAX);
    match run.fault {
        Some(Fault::CoverOpen) => return Err(failure(DeviceErrorKind::CoverOpen, "cover switch")),
        Some(Fault::NoPaper) => return Err(failure(DeviceErrorKind::OutOfPaper, "feeder takes nothing")),
        Some(Fault::Jam { after_pages }) if complete >= after_pages => {
            run.show(CaptureEvent::Waiting)?;
            return Err(failure(DeviceErrorKind::Jammed, "paper sensor did not clear"));
        }
        _ => {}
    }
    let next = handle.bench.desk().paper.front().copied();
    let (Some(document), Some(body)) = (next, run.seated.clone()) else {
        if before.is_empty() {
            run.show(CaptureEvent::Hint(CaptureHint::LayInPaper))?;
            return Err(failure(DeviceErrorKind::OutOfPaper, "no documents loaded"));
        }
        return Ok(None);
    };
    run.show(CaptureEvent::Waiting)?;
    let page = body.page(document, run.next_impression()).map_err(garbled)?;
    run.show(CaptureEvent::Preview(&page))?;
    run.show(CaptureEvent::Progress { done: complete.saturating_add(1), of: None })?;
    // The paper leaves the feeder only when its page is complete.
    handle.bench.desk().paper.pop_front();
    Ok(Some(page))
}
