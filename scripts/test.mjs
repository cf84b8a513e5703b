import { main } from './lib/main.mjs';

main(async () => {
  const { test } = await import('./lib/test.mjs');
  return test(process.argv.slice(2));
});
