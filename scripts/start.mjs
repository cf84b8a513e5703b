import { main } from './lib/main.mjs';

main(async () => {
  const { start } = await import('./lib/start.mjs');
  await start(process.argv.slice(2));
});
