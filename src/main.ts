import { readFileSync } from 'node:fs';
import { ConfigError, readAdminUrl, readConfig } from './config.ts';
import { StartRefused } from './start-refused.ts';

// The one file that reads the environment. `serve` runs the service, `migrate` prepares the database,
// `catalog check <file>` says what is wrong with a catalog, `catalog render` what AWS needs for it, `catalog test` whether cases come
// out as expected, `catalog diff` what another one changes. Each loads only what it needs.

const exitOk = 0;
const exitFailure = 1;
const exitUsage = 2;
const exitConfiguration = 78;
// Orchestrators kill after 30 seconds unless they are told otherwise (Kubernetes, terminationGracePeriodSeconds).
const longestStopMs = 28_000;

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    switch (args.join(' ').replace(/^(catalog (?:check|render|test|diff)) .*/, '$1')) {
      case 'serve':
        return await serve();
      case 'migrate': {
        const { migrate } = await import('./db/migrate.ts');
        const { applied } = await migrate({ adminUrl: readAdminUrl(process.env) });
        process.stdout.write(
          applied.length === 0 ? 'Nothing to migrate.\n' : `Applied ${applied.join(', ')}.\n`,
        );
        return exitOk;
      }
      case 'catalog check':
        return await checkCatalog(args.slice(2));
      case 'catalog render': {
        const { renderCatalog } = await import('./render-catalog.ts');
        const { kind, text } = await renderCatalog(args.slice(2), process.env['CATALOG']);
        (kind === 'rendered' ? process.stdout : process.stderr).write(text);
        return { rendered: exitOk, usage: exitUsage, refused: exitConfiguration }[kind];
      }
      case 'catalog test': {
        const { testCatalog } = await import('./test-catalog.ts');
        const { kind, text } = await testCatalog(args.slice(2));
        const tested = kind === 'passed' || kind === 'failed';
        (tested ? process.stdout : process.stderr).write(text);
        return { passed: exitOk, failed: exitFailure, usage: exitUsage, refused: exitConfiguration }[kind];
      }
      case 'catalog diff': {
        const { diffCatalogs } = await import('./diff-catalogs.ts');
        const { kind, text } = await diffCatalogs(args.slice(2));
        (kind === 'compared' ? process.stdout : process.stderr).write(text);
        return { compared: exitOk, usage: exitUsage, refused: exitConfiguration }[kind];
      }
      default:
        process.stderr.write(
          'usage: daypass serve | migrate | catalog check <file> | catalog render … | catalog test <cases> | catalog diff <old> <new>\n',
        );
        return exitUsage;
    }
  } catch (error) {
    return await explain(error);
  }
}

async function serve(): Promise<number> {
  const config = readConfig({ environment: process.env, readFile: (path) => readFileSync(path, 'utf8') });
  const { createLog } = await import('./log.ts');
  const { startApp } = await import('./app.ts');
  const log = createLog(config.logLevel);
  const app = await startApp(config, { log, clock: () => new Date() });
  const signal = await new Promise<string>((resolve) => {
    // Heard for good: a second signal, as npm and some orchestrators send, cuts nothing short.
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
  log.info({ signal }, 'stopping');
  // Whatever is held up for longer is found by its row, by the next process.
  setTimeout(() => {
    log.warn('stopped before everything was finished: another process takes over by the rows');
    process.exit(exitOk);
  }, longestStopMs).unref();
  await app.stop();
  log.info('stopped');
  return exitOk;
}

async function checkCatalog(files: readonly string[]): Promise<number> {
  const [path] = files;
  if (path === undefined || files.length > 1) {
    process.stderr.write('usage: daypass catalog check <file>\n');
    return exitUsage;
  }
  const { defaultGuardrails } = await import('./catalog/guardrails.ts');
  const { formatProblems, loadCatalogFile } = await import('./catalog/load.ts');
  const result = await loadCatalogFile(path, defaultGuardrails);
  if (!result.ok) {
    process.stderr.write(`${formatProblems(path, result.problems)}\n`);
    return exitConfiguration;
  }
  const { warnings } = result;
  if (warnings.length > 0) {
    const said = warnings.map((warning) => ({ ...warning, message: `warning: ${warning.message}` }));
    process.stderr.write(`${formatProblems(path, said)}\n`);
  }
  process.stdout.write(
    `${path}: ${result.catalog.entitlements.size} entitlements, version ${result.catalog.version}\n`,
  );
  return exitOk;
}

async function explain(error: unknown): Promise<number> {
  if (error instanceof ConfigError) {
    process.stderr.write(
      `${error.message}:\n${error.problems.map((problem) => `  - ${problem}`).join('\n')}\n`,
    );
    return exitConfiguration;
  }
  if (error instanceof StartRefused) {
    process.stderr.write(`Daypass does not start: ${error.message}\n`);
    return exitConfiguration;
  }
  const { messageOf } = await import('./log.ts');
  process.stderr.write(`Daypass failed: ${messageOf(error)}\n`);
  return exitFailure;
}
