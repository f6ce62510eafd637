// One NIK check in progress: what was typed and what the station said about it.
import { station, type NikView, type Problem } from '../api/station';

export type Sex = '' | 'L' | 'P';

/** What is typed and what came of it; survives a locked screen. */
export class NikWork {
  nik = $state('');
  born = $state('');
  sex = $state<Sex>('');
  checking = $state(false);
  result = $state<NikView>();
  problem = $state<Problem>();

  /** Digits typed so far; an officer counts them against the card. */
  get digits(): number {
    return this.nik.replace(/\D/g, '').length;
  }

  /** Asks the station; an answer to an earlier question is never shown under a later one. */
  async check(): Promise<void> {
    if (this.checking || this.nik.trim() === '') return;
    this.checking = true;
    this.result = undefined;
    this.problem = undefined;
    const answer = await station.checkNik(this.nik, this.born, this.sex);
    this.checking = false;
    if (answer.ok) this.result = answer.view;
    else this.problem = answer.problem;
  }

  /** Clears the desk for the next person. */
  clear(): void {
    this.nik = '';
    this.born = '';
    this.sex = '';
    this.result = undefined;
    this.problem = undefined;
  }
}
