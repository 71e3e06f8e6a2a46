import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

const QUIET_MS = 200;

function directoriesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => directoriesBelow(join(directory, entry.name)))
    .concat(directory);
}

/**
 * Calls back after changes below directories, once the changes have paused. Each directory is watched by itself,
 * because Node 18 cannot watch a tree on Linux.
 *
 * @param {() => string[]} roots the directories to watch, asked for again after each change
 * @param {() => void} changed
 */
export function watchTree(roots, changed) {
  let watchers = [];
  let timer;
  const begin = () => {
    watchers = roots()
      .flatMap(directoriesBelow)
      .map((directory) =>
        watch(directory, () => {
          clearTimeout(timer);
          timer = setTimeout(act, QUIET_MS);
        }),
      );
  };
  const act = () => {
    for (const watcher of watchers) watcher.close();
    // Watching begins before the work, so that a change made meanwhile is not missed.
    begin();
    changed();
  };
  begin();
}
