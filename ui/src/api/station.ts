// The only door to the station. Nothing else in `ui/` may import Tauri or the generated client.
import { commands, type MarkRequest, type Problem } from './client';

export type {
  BudgetLineView,
  CaptureView,
  ClockView,
  Code,
  CopiesView,
  DeliveryView,
  DemonstrationAccountView,
  DeskCaseView,
  DeviceStandingView,
  EligibilityView,
  ExceptionView,
  FindingView,
  FoundPersonView,
  HomeView,
  JourneyView,
  MadeUpPersonView,
  MarkRequest,
  NikRequest,
  NikView,
  OfficeTimeView,
  OfficeView,
  PaperView,
  PartView,
  PersonView,
  Problem,
  ProfileView,
  SignInRequest,
  StationView,
  StepView,
  TaskView,
  TellView,
  WelcomeView,
} from './client';

/** What the station answered: the thing asked for, or why not. */
export type Answer<T> = { ok: true; view: T } | { ok: false; problem: Problem };

type Typed<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

async function ask<T>(question: () => Promise<Typed<T>>): Promise<Answer<T>> {
  try {
    const answer = await question();
    if (answer.status === 'ok') return { ok: true, view: answer.data };
    return { ok: false, problem: answer.error };
  } catch {
    // The question never reached the core: nothing was changed.
    return { ok: false, problem: { code: 'our_mistake', values: {} } };
  }
}

/** The station as the screens see it. */
export const station = {
  welcome: () => ask(() => commands.welcome()),
  signIn: (account: string, secret: string) => ask(() => commands.signIn({ account, secret })),
  giveBack: (account: string, secret: string) => ask(() => commands.giveBack({ account, secret })),
  home: () => ask(() => commands.home()),
  look: (touched: boolean) => ask(() => commands.look(touched)),
  confirmClock: () => ask(() => commands.confirmClock()),
  lock: () => ask(() => commands.lock()),
  checkNik: (nik: string, born: string, sex: string) => ask(() => commands.checkNik({ nik, born, sex })),
  deskCases: () => ask(() => commands.deskCases()),
  findPerson: (sought: string) => ask(() => commands.findPerson(sought)),
  beginRecording: (nik: string) => ask(() => commands.beginRecording(nik)),
  takeUp: (of: string) => ask(() => commands.takeUp(of)),
  journey: (of: string) => ask(() => commands.journey(of)),
  leftJourney: () => ask(() => commands.leftJourney()),
  moveOn: (of: string, chosen: string) => ask(() => commands.moveOn(of, chosen)),
  markPart: (of: string, request: MarkRequest) => ask(() => commands.markPart(of, request)),
  deviceStandings: () => ask(() => commands.deviceStandings()),
  startCapture: (of: string, asked: string) => ask(() => commands.startCapture(of, asked)),
  lookAtCapture: (seen: number) => ask(() => commands.lookAtCapture(seen)),
  answerCapture: (isTaken: boolean) => ask(() => commands.answerCapture(isTaken)),
  madeUp: () => ask(() => commands.madeUp()),
  letFail: (fault: string) => ask(() => commands.letFail(fault)),
};

// Pictures come by a private way that nothing outside this window reaches, and are not kept by the page.
const PICTURES = 'rekam://localhost';

/** Addresses of pictures. */
export const picture = {
  /** What a device sees now. */
  live: (frame: number) => `${PICTURES}/live/${frame}`,
  /** What was saved in a step of a case. */
  kept: (of: string, step: number) => `${PICTURES}/kept/${of}/${step}`,
};
