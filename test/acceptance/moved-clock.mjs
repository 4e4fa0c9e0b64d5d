import { readFileSync } from 'node:fs';

// Preloaded by a test (`node --import`): this process's time of day is as many milliseconds ahead as the file MOVED_CLOCK says,
// read each time, so that several processes move together. Timers go on as ever.

const RealDate = Date;
const file = process.env.MOVED_CLOCK ?? '';

function ahead() {
  return Number(readFileSync(file, 'utf8'));
}

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + ahead());
    else super(...args);
  }

  static now() {
    return RealDate.now() + ahead();
  }
};
