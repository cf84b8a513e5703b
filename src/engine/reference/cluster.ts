/** Nearest centroid of every row of every head, [heads, tokens]; ties go to the lower one. */
export function kmeansAssign(
  x: ArrayLike<number>,
  centroids: ArrayLike<number>,
  { tokens, heads, headSize, clusters }: ClusterSizes,
): Uint32Array {
  const labels = new Uint32Array(heads * tokens);
  for (let head = 0; head < heads; head++) {
    for (let token = 0; token < tokens; token++) {
      let top = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < clusters; c++) {
        let score = 0;
        for (let i = 0; i < headSize; i++) {
          const centroid = centroids[(head * clusters + c) * headSize + i] ?? Number.NaN;
          score += centroid * ((x[(token * heads + head) * headSize + i] ?? Number.NaN) - 0.5 * centroid);
        }
        if (score > top) {
          top = score;
          labels[head * tokens + token] = c;
        }
      }
    }
  }
  return labels;
}

/** Rows token * heads + head of every head sorted by label, stable, and where each label begins. */
export function bucketSort(
  labels: ArrayLike<number>,
  { tokens, heads, buckets }: { tokens: number; heads: number; buckets: number },
): { order: Uint32Array; starts: Uint32Array } {
  const order: number[] = [];
  const starts: number[] = [];
  for (let head = 0; head < heads; head++) {
    for (let bucket = 0; bucket < buckets; bucket++) {
      starts.push(order.length - head * tokens);
      for (let token = 0; token < tokens; token++) {
        if (labels[head * tokens + token] === bucket) order.push(token * heads + head);
      }
    }
    starts.push(order.length - head * tokens);
  }
  return { order: Uint32Array.from(order), starts: Uint32Array.from(starts) };
}

/** Means of segments of rows [heads, segments, headSize]; an empty segment keeps what `before` has. */
export function segmentMean(
  x: ArrayLike<number>,
  order: ArrayLike<number>,
  starts: ArrayLike<number>,
  before: ArrayLike<number>,
  {
    heads,
    segments,
    positions,
    headSize,
  }: { heads: number; segments: number; positions: number; headSize: number },
): Float64Array {
  const mean = Float64Array.from(before);
  for (let head = 0; head < heads; head++) {
    for (let segment = 0; segment < segments; segment++) {
      const first = starts[head * (segments + 1) + segment] ?? 0;
      const end = starts[head * (segments + 1) + segment + 1] ?? 0;
      if (first === end) continue;
      for (let i = 0; i < headSize; i++) {
        let sum = 0;
        for (let at = first; at < end; at++) {
          sum += x[(order[head * positions + at] ?? 0) * headSize + i] ?? Number.NaN;
        }
        mean[(head * segments + segment) * headSize + i] = sum / (end - first);
      }
    }
  }
  return mean;
}

/**
 * Clusters of keys that a cluster of queries keeps (Sparse VideoGen2): from the largest share of the softmax mass down
 * until their sum passes `mass`, the one that passes it among them, and at least `least`. `sizes`: keys of each.
 */
export function clusterSelect(
  scores: readonly number[],
  sizes: readonly number[],
  mass: number,
  least: number,
): boolean[] {
  const top = Math.max(...scores.filter((_, j) => (sizes[j] ?? 0) > 0));
  const weights = scores.map((score, j) => (sizes[j] ?? 0) * Math.exp(Math.min(score - top, 0)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = weights.map((_, j) => j).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
  const kept = scores.map(() => false);
  let before = 0;
  for (const [rank, j] of order.entries()) {
    if (before > mass * total && rank >= least) break;
    kept[j] = (sizes[j] ?? 0) > 0;
    before += weights[j] ?? 0;
  }
  return kept;
}

/** The `top` candidates with the highest scores, best first; ties go to the lower one. */
export function bestChunks(scores: ReadonlyMap<number, number>, top: number): number[] {
  return [...scores.entries()]
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
    .slice(0, top)
    .map(([chunk]) => chunk);
}

interface ClusterSizes {
  tokens: number;
  heads: number;
  headSize: number;
  clusters: number;
}
