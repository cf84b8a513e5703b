import { z } from 'zod';

/** A list of the files that one checkpoint is spread over. */
export interface ShardIndex {
  /** Path of the list itself. */
  path: string;
  /** Paths of its shards. */
  shards: string[];
}

/** Files that belong together. */
export interface ShardGroup {
  name: string;
  paths: string[];
  /** Names of shards that should be there and are not. */
  missing: string[];
}

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

const numbered = /^(.*)-(\d{5})-of-(\d{5})\.safetensors$/;

/** Reads a parsed `*.safetensors.index.json`; null when it is none. */
export function shardIndexOf(path: string, data: unknown): ShardIndex | null {
  const parsed = indexSchema.safeParse(data);
  if (!parsed.success) return null;
  const folder = path.slice(0, path.length - baseName(path).length);
  const shards = [...new Set(Object.values(parsed.data.weight_map))].map((shard) => folder + baseName(shard));
  return { path, shards };
}

/** Puts shards together: those that an index lists, then those numbered `-00001-of-00002`; every other file is alone. */
export function groupShards(paths: readonly string[], indexes: readonly ShardIndex[]): ShardGroup[] {
  const left = new Set(paths);
  const groups: ShardGroup[] = [];
  const take = (name: string, wanted: readonly string[]): void => {
    const found = wanted.filter((path) => left.has(path));
    for (const path of found) left.delete(path);
    if (found.length === 0) return;
    const missing = wanted.filter((path) => !found.includes(path)).map(baseName);
    groups.push({ name, paths: found, missing });
  };
  for (const { path, shards } of indexes) take(baseName(path), shards);
  for (const path of paths) {
    const match = numbered.exec(path);
    if (!match || !left.has(path)) continue;
    const [, stem = '', , count = ''] = match;
    const all = Array.from(
      { length: Number(count) },
      (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`,
    );
    take(baseName(stem), all);
  }
  for (const path of left) groups.push({ name: baseName(path), paths: [path], missing: [] });
  return groups;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The name of the folder that a file lies in; empty when its path has none. */
export function folderOf(path: string): string {
  return baseName(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}
