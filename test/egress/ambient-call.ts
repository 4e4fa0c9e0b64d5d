import { createEgress } from '../../src/egress/egress.ts';
import { EgressRefused } from '../../src/egress/refused.ts';

// One call to the port given, in a process of its own, since some variables are read when Node starts.
const egress = createEgress({ allow: ['127.0.0.1'], resolve: () => Promise.resolve(['127.0.0.1']) });
try {
  const url = `https://idp.test:${process.argv[2]}/`;
  process.stdout.write(String((await egress.send({ url, method: 'GET', headers: {} })).status));
} catch (error) {
  process.stdout.write(error instanceof EgressRefused ? error.code : 'another error');
}
