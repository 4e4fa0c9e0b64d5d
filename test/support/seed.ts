import fc from 'fast-check';

// `npm test` draws the same inputs every time, so that it fails for a change and not by chance; `npm run test:long` draws
// new ones at every run, and prints the seed of a failure.
if (process.env.TEST_SELECTION !== 'long') fc.configureGlobal({ seed: 20_261_122 });
