// The only door to the station. Nothing else in `ui/` may import Tauri or the generated client.
import { commands, type Problem } from './client';

export type {
  BudgetLineView,
  ClockView,
  Code,
  CopiesView,
  DemonstrationAccountView,
  FindingView,
  HomeView,
  NikRequest,
  NikView,
  OfficeTimeView,
  OfficeView,
  PersonView,
  Problem,
  ProfileView,
  SignInRequest,
  StationView,
  StepView,
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
};
