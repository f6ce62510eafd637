use super::*;
use crate::station::tests::{demonstration, open, operator};

/// Longer than any turn takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The thread of a house, and the way to it.
fn round(house: &House, look_again: Duration) -> (Sender<Order>, JoinHandle<()>) {
    let (orders, given) = channel();
    let (ground, wire) = (house.ground.clone(), house.wire.clone());
    let thread = std::thread::spawn(move || {
        let mut lines = |_| {
            let wire = wire.clone();
            Box::new(move |_: &LinkConfig| Ok(Box::new(wire.clone()) as Box<dyn Line>)) as OpenLine
        };
        Round::new(ground, &given, &mut lines, look_again).run();
    });
    (orders, thread)
}

/// Whether delivery works at this moment; asking is what the desk does all the time.
fn works(orders: &Sender<Order>) -> bool {
    let (answer, answered) = channel();
    let ask = move |dispatch: Option<&mut Dispatch>| answer.send(dispatch.is_some()).unwrap();
    orders.send(Order::Act(Box::new(ask))).unwrap();
    answered.recv_timeout(PATIENCE).unwrap()
}

fn wait_until_it_works(orders: &Sender<Order>) {
    let begun = Instant::now();
    while !works(orders) {
        assert!(begun.elapsed() < PATIENCE, "delivery did not begin");
        std::thread::yield_now();
    }
}

#[test]
fn delivery_that_could_not_begin_begins_later_however_busy_the_desk_is() {
    let house = House::new();
    let outbox = Arc::clone(&house.ground.shelf.outbox);
    let office = outbox.read(|reading| reading.get_cursor(OFFICE_CURSOR)).unwrap().unwrap();
    outbox.write(|writing| writing.mark_cursor(OFFICE_CURSOR, "", NOW_MS)).unwrap();
    let (orders, thread) = round(&house, Duration::from_millis(50));
    assert!(!works(&orders));
    outbox.write(|writing| writing.mark_cursor(OFFICE_CURSOR, &office, NOW_MS)).unwrap();
    wait_until_it_works(&orders);
    orders.send(Order::Stop).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_mistake_of_ours_is_shown_and_delivery_begins_anew() {
    let house = House::new();
    let (orders, thread) = round(&house, Duration::from_millis(500));
    wait_until_it_works(&orders);
    orders.send(Order::Act(Box::new(|_| panic!("a mistake of ours")))).unwrap();
    let begun = Instant::now();
    while house.ground.shared.standing().problem != Some(Code::OurMistake) {
        assert!(begun.elapsed() < PATIENCE, "nobody is told");
        std::thread::yield_now();
    }
    wait_until_it_works(&orders);
    assert_eq!(house.ground.shared.standing().problem, None);
    orders.send(Order::Stop).unwrap();
    thread.join().unwrap();
}

#[test]
fn bytes_are_kept_as_the_procedure_in_use_says_also_before_anybody_signs_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let kept = |station: &Station| station.ground().unwrap().config.retention.keep_ms / DAY_MS;
    station.deliver();
    station.sign_in(operator()).unwrap();
    let days = i64::from(station.profile().retention.purge_max_days);
    assert_eq!(kept(&station), days);
    station.in_use().change_first(|profile| profile.retention.purge_max_days += 60);
    station.use_master_data().unwrap();
    let at_work = station.with_dispatch(|dispatch| Ok(dispatch.ground.config.retention.keep_ms)).unwrap();
    assert_eq!(at_work / DAY_MS, days + 60, "the thread that runs follows");
    drop(station);
    assert_eq!(kept(&open(&folder, &clock)), days + 60);
}
