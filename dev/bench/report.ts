import type { CliCost } from './cli.ts';
import { type Measured, percentile, whole } from './measure.ts';

/** One scenario with one number of clients and processes: Daypass, and the floor of the same run. */
export interface Round {
  readonly scenario: 'lifecycles' | 'credentials';
  readonly processes: number;
  readonly clients: number;
  readonly daypass: Measured;
  readonly floor: Measured;
  /** Write-ahead log written for each one done, in bytes. */
  readonly walBytes: { readonly daypass: number; readonly floor: number };
  /** Most resident memory of one Daypass process in this round, in bytes. */
  readonly memoryBytes: number;
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: Readonly<Record<string, string | number>>;
  /** From starting a Daypass process to its first ready answer, in milliseconds, each time. */
  readonly readyMs: readonly number[];
  /** Resident memory of the Daypass process before any load, in bytes. */
  readonly idleBytes: number;
  readonly rounds: readonly Round[];
  readonly cli: CliCost;
}

export interface Goal {
  readonly goal: string;
  /** The worst that was measured. */
  readonly measured: string;
  readonly met: boolean;
}

export const rate = ({ done, seconds }: Measured): number => done / seconds;
const p = (measured: Measured, step: string, share: number) => percentile(measured.steps[step] ?? [], share);
const share = (round: Round) => rate(round.daypass) / rate(round.floor);
const tail = (round: Round) => p(round.daypass, whole, 0.99) / p(round.floor, whole, 0.99);
const megabytes = (bytes: number) => bytes / 1_000_000;

/** The goals, each against the worst round. */
export function goals({ rounds, readyMs, cli }: Results): Goal[] {
  const worst = (scenario: Round['scenario'], least: number): Goal => {
    const lowest = Math.min(...rounds.filter((r) => r.scenario === scenario).map(share));
    return { goal: `${scenario} ≥ ${least} of the floor`, measured: lowest.toFixed(2), met: lowest >= least };
  };
  const longest = Math.max(...rounds.map(tail));
  const memory = Math.max(...rounds.map((round) => megabytes(round.memoryBytes)));
  const ready = percentile(readyMs, 0.5) / 1000;
  return [
    worst('lifecycles', 0.5),
    worst('credentials', 0.6),
    { goal: 'p99 ≤ 5 × the floor', measured: `${longest.toFixed(1)} ×`, met: longest <= 5 },
    { goal: '≤ 200 MB a process', measured: `${memory.toFixed(0)} MB`, met: memory <= 200 },
    { goal: 'ready in ≤ 1.5 s', measured: `${ready.toFixed(2)} s (median)`, met: ready <= 1.5 },
    {
      goal: 'creds from its cache ≤ 1.5 × an empty program',
      measured: `${cli.builtRatio.toFixed(2)} ×`,
      met: cli.builtRatio <= 1.5,
    },
  ];
}

/** The results for a person. */
export function reportText(results: Results): string {
  const rates = table(
    [
      'scenario',
      'processes',
      'clients',
      'a second',
      'floor',
      'share',
      'p99',
      'floor p99',
      '×',
      'WAL',
      'floor WAL',
      'MB',
    ],
    results.rounds.map((round) => [
      round.scenario,
      round.processes,
      round.clients,
      rate(round.daypass).toFixed(1),
      rate(round.floor).toFixed(1),
      share(round).toFixed(2),
      ms(p(round.daypass, whole, 0.99)),
      ms(p(round.floor, whole, 0.99)),
      tail(round).toFixed(1),
      `${(round.walBytes.daypass / 1000).toFixed(1)} kB`,
      `${(round.walBytes.floor / 1000).toFixed(1)} kB`,
      megabytes(round.memoryBytes).toFixed(0),
    ]),
  );
  const steps = table(
    ['scenario', 'processes', 'clients', 'step', 'p50', 'p99', 'floor p50', 'floor p99'],
    results.rounds
      .filter(({ scenario }) => scenario === 'lifecycles')
      .flatMap((round) =>
        Object.keys(round.daypass.steps)
          .filter((step) => step !== whole)
          .map((step) => [
            round.scenario,
            round.processes,
            round.clients,
            step,
            ...[round.daypass, round.floor].flatMap((m) => [ms(p(m, step, 0.5)), ms(p(m, step, 0.99))]),
          ]),
      ),
  );
  const verdicts = table(
    ['goal', 'worst measured', 'met'],
    goals(results).map(({ goal, measured, met }) => [goal, measured, met ? 'yes' : 'no']),
  );
  const ready = results.readyMs.map((time) => `${(time / 1000).toFixed(2)} s`).join(', ');
  return [
    rates,
    steps,
    `Ready after ${ready}; ${megabytes(results.idleBytes).toFixed(0)} MB before any load.`,
    `daypass creds from its cache ${results.cli.builtMs.toFixed(0)} ms (checkout ${results.cli.checkoutMs.toFixed(0)} ms), an empty program ${results.cli.emptyMs.toFixed(0)} ms.`,
    verdicts,
  ].join('\n\n');
}

const ms = (value: number) => `${value.toFixed(1)} ms`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = lines;
  return [text(first), text(widths.map((width) => '-'.repeat(width))), ...rest.map(text)].join('\n');
}
