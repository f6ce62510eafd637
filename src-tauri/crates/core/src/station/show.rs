//! What the screen is shown of the station, its office and whoever sits there.

use super::Station;
use crate::account::AccountCard;
use crate::clock::office_time;
use crate::demonstration;
use crate::problem::Problem;
use crate::view::{
    DeliveryView, HomeView, OfficeView, PersonView, ProfileView, StationView, StepView, WelcomeView,
};

impl Station {
    /// What anybody may see: which station this is, and who can sign in.
    ///
    /// # Errors
    /// The disk refused.
    pub fn welcome(&self) -> Result<WelcomeView, Problem> {
        let accounts = self.ring.accounts()?.iter().map(|id| id.as_str().to_owned()).collect();
        let demonstration =
            if self.config.demonstration { demonstration::accounts_shown() } else { Vec::new() };
        Ok(WelcomeView {
            station: self.station_view(),
            office: self.office_view(),
            accounts,
            demonstration,
            now: office_time(self.now(), self.profile.office.time_zone),
        })
    }

    /// The home screen of the person who is signed in.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn home(&self) -> Result<HomeView, Problem> {
        let session = self.session()?;
        let zone = self.profile.office.time_zone;
        // An outbox that cannot be read keeps nobody from the desk.
        let delivery = self.delivery_view().unwrap_or_else(|problem| DeliveryView {
            line: "untried".to_owned(),
            problem: Some(problem.code),
            ..DeliveryView::default()
        });
        Ok(HomeView {
            station: self.station_view(),
            office: self.office_view(),
            profile: self.profile_view(&session.card),
            person: PersonView {
                account: session.unlocked.account().as_str().to_owned(),
                name: session.card.name.clone(),
                roles: session.card.roles.iter().map(|role| role.word().to_owned()).collect(),
                decree: session.card.decree.clone(),
                decree_expires: session.card.decree_expires.to_string(),
                decree_days_left: session.card.decree_days_left(self.today()),
            },
            now: office_time(self.now(), zone),
            signed_in_at: office_time(session.signed_in, zone).time,
            clock: self.clock_view(),
            budget: self.budget()?,
            copies: self.copies_view(),
            delivery,
            packets_problem: self.packets_problem.clone().or_else(|| self.arrivals_problem.clone()),
            tasks: self.list_tasks()?,
        })
    }

    fn station_view(&self) -> StationView {
        StationView {
            id: self.config.station.clone(),
            is_demonstration: self.config.demonstration,
            trust: self.ring.trust_level().word().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            free_disk_mb: self.free_disk_mb(),
        }
    }

    fn office_view(&self) -> OfficeView {
        let office = &self.profile.office;
        OfficeView {
            government: office.government.clone(),
            name: office.name.clone(),
            kind: office.kind.word().to_owned(),
            region_code: office.region_code.clone(),
        }
    }

    fn profile_view(&self, card: &AccountCard) -> ProfileView {
        let profile = &self.profile;
        ProfileView {
            id: profile.identity.id.clone(),
            version: profile.identity.version,
            title: profile.identity.title.clone(),
            valid_from: profile.identity.valid_from.to_string(),
            stated_minutes_total: profile.stated_minutes(),
            steps: profile
                .steps()
                .iter()
                .map(|step| StepView {
                    no: step.no.clone(),
                    name: step.name.clone(),
                    role: step.role.word().to_owned(),
                    minutes: step.minutes,
                    is_mine: card.roles.contains(&step.role),
                })
                .collect(),
        }
    }
}
