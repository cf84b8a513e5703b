// Old versions of Node must be able to read this file to the end, so it keeps to old syntax and imports nothing.

/**
 * The oldest Node of each line that runs the tools: [major, minor].
 *
 * @type {[number, number][]}
 */
const supported = [
  [22, 12],
  [20, 19],
];

/**
 * Whether this Node is recent enough.
 *
 * @param {string} version as in process.versions.node
 */
export function isSupportedNode(version) {
  const parts = version.split('.').map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  if (major > 22) return true;
  return supported.some((line) => line[0] === major && minor >= line[1]);
}

/**
 * Runs a command of the repository and ends with its status; an error ends it with the error's sentence and status 1.
 *
 * @param {() => Promise<number | void>} command imports what it needs only when it is called
 */
export function main(command) {
  if (!isSupportedNode(process.versions.node)) {
    console.error(
      'Shotweave needs Node 20.19, 22.12 or newer and this is Node ' +
        process.versions.node +
        ': install a current one from https://nodejs.org and try again.',
    );
    process.exitCode = 1;
    return;
  }
  command().then(
    (status) => {
      if (typeof status === 'number') process.exitCode = status;
    },
    (error) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    },
  );
}
