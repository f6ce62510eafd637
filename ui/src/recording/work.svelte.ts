// One recording at the desk: what the station says about it, what is shown, and the capture that runs.
import {
  picture,
  station,
  type Answer,
  type CaptureView,
  type JourneyView,
  type PartView,
  type Problem,
} from '../api/station';

/** The stops at which a device works. */
export const CAPTURE_STOPS = ['photo', 'signature', 'fingers', 'irises'];

const IDLE: CaptureView = {
  number: 0,
  asked: '',
  phase: 'idle',
  hint: '',
  seen: null,
  done: 0,
  of: null,
  frame: null,
  ink: [],
  failure: '',
  problem: null,
};

/** A recording in progress; the station keeps it, this only shows it. */
export class RecordingWork {
  view = $state.raw<JourneyView>();
  problem = $state<Problem>();
  /** A move is on its way to the disk. */
  moving = $state(false);
  capture = $state.raw<CaptureView>(IDLE);
  /** The stop on the screen; an officer reads the result before the next one appears. */
  shown = $state('');
  group = $state('');
  private ended = false;

  constructor(view: JourneyView) {
    this.take(view);
    this.follow();
  }

  /** Shows what is next. */
  follow(): void {
    this.problem = undefined;
    this.capture = IDLE;
    this.shown = this.view?.now ?? '';
    this.group = this.view?.group_now ?? '';
  }

  /** Shows an earlier stop, to take it again. */
  look(stop: string): void {
    this.problem = undefined;
    this.capture = IDLE;
    this.shown = stop;
    this.group = this.view?.groups[0]?.group ?? '';
  }

  private take(view: JourneyView): void {
    this.view = view;
  }

  private accept(answer: Answer<JourneyView>): boolean {
    if (answer.ok) this.take(answer.view);
    this.problem = answer.ok ? undefined : answer.problem;
    return answer.ok;
  }

  /** Takes a move and shows what comes next. */
  async move(chosen: string): Promise<void> {
    if (!this.view || this.moving) return;
    this.moving = true;
    const done = this.accept(await station.moveOn(this.view.case, chosen));
    this.moving = false;
    if (done) this.follow();
  }

  /** Marks what cannot be taken; an empty reason takes the mark back. */
  async mark(kind: string, position: number, code: string): Promise<boolean> {
    if (!this.view) return false;
    return this.accept(await station.markPart(this.view.case, { kind, position, code }));
  }

  /** Whether a device works for us now. */
  get runs(): boolean {
    return this.capture.phase === 'running' || this.capture.phase === 'saving';
  }

  /** Begins a capture and follows it to its end; what was saved is read back from the station. */
  async start(asked: string): Promise<void> {
    if (!this.view || this.runs) return;
    this.problem = undefined;
    this.capture = { ...IDLE, asked, phase: 'running' };
    const begun = await station.startCapture(this.view.case, asked);
    if (!begun.ok) {
      this.problem = begun.problem;
      this.capture = IDLE;
      return;
    }
    await this.watch(begun.view);
    this.problem = this.capture.problem ?? undefined;
    if (this.view && !this.ended) this.refresh(await station.journey(this.view.case));
  }

  private refresh(answer: Answer<JourneyView>): void {
    if (answer.ok) this.take(answer.view);
    else this.problem = answer.problem;
  }

  private async watch(first: CaptureView): Promise<void> {
    let last = first;
    for (;;) {
      // The picture is decoded before the next question, so that a slow screen is never flooded.
      if (last.frame !== null) await decoded(picture.live(last.frame));
      if (this.ended) return;
      this.capture = last;
      if (!this.runs) return;
      const answer = await station.lookAtCapture(last.number);
      if (!answer.ok) {
        this.problem = answer.problem;
        this.capture = IDLE;
        return;
      }
      last = answer.view;
    }
  }

  /** Takes what is there now. */
  finish(): void {
    void station.answerCapture(true);
  }

  cancel(): void {
    void station.answerCapture(false);
  }

  /** The screen goes away; what is saved stays saved. */
  end(): void {
    this.ended = true;
    if (this.runs) this.cancel();
  }

  /** The fingers of the group on the screen, from left to right. */
  get groupFingers(): PartView[] {
    const numbers = this.view?.groups.find((one) => one.group === this.group)?.fingers ?? [];
    return numbers.flatMap((number) => this.view?.fingers.find((finger) => finger.position === number) ?? []);
  }

  get groupSettled(): boolean {
    return this.groupFingers.length > 0 && this.groupFingers.every(isSettled);
  }
}

/** Nothing more is to be done about a finger or an eye. */
export function isSettled(part: PartView): boolean {
  return part.standing === 'good' || part.standing === 'marked';
}

async function decoded(address: string): Promise<void> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    // The device has a newer picture by now; that one is shown instead.
  }
}
