#!/usr/bin/env bash
# Trains, exports and judges Papercut on a GPU machine within a number of seconds.
#
#   training/gpu.sh SECONDS [stage|all|smoke] [minutes in all, over several calls]
#
# Keeps the run in training/run, from which a later call goes on, and puts what should survive the machine into $OUT
# (training/out by default): at most eight files of at most 16 MiB each, renewed while it trains.
set -euo pipefail
cd "$(dirname "$0")"

seconds=$1
stage=${2:-all}
run=$PWD/run
out=${OUT:-$PWD/out}
python=${PYTHON:-python3}
began=$SECONDS
mkdir -p "$run" "$out"
export PYTHONUNBUFFERED=1 OMP_NUM_THREADS=4

# Copies the model as it is now, in shards, and the log. Never more than eight files.
keep() {
  local shard
  [ -d "$run/model" ] || return 0
  for shard in "$run"/model/shard-*.safetensors "$run/model/state.json" "$run/log.jsonl" "$run"/*.png; do
    # The model may be replaced at this moment; the next round finds it.
    [ -f "$shard" ] && cp -f "$shard" "$out/" || true
  done
}

if [ "$stage" = smoke ]; then
  # Everything once, at the real size, in about a minute: attention found, no shape refused, tokens a second.
  timeout "$seconds" "$python" -m papercut.train --preset gpu --device cuda --minutes 0.7 --out "$run/smoke"
  grep -h '"event": "\(start\|autoencoder\|words\|understood\|transformer\|distillation\|adversarial\)"' "$run/smoke/log.jsonl" | tail -n 15
  cp "$run/smoke/log.jsonl" "$out/smoke.jsonl"
  rm -rf "$run/smoke"
  exit
fi

# What starting, compiling and the last copies take.
reserve=${RESERVE:-45}
minutes=${3:-$("$python" -c "print(max(0.5, ($seconds - $reserve) / 60))")}
from=()
[ -d "$run/model" ] && from=(--resume)
[ -d "$run/model" ] || [ -z "${INIT:-}" ] || from=(--init "$INIT")

# A run that outlives its call is told so in time to save, and goes on in the next.
timeout --signal=TERM $((seconds - 25)) \
  "$python" -m papercut.train --preset gpu --device cuda --minutes "$minutes" --stage "$stage" --out "$run" "${from[@]}" &
training=$!
while kill -0 "$training" 2>/dev/null; do
  sleep 20
  keep
done
wait "$training" || echo "Training ended with $?."
keep
echo "$((SECONDS - began)) seconds."
ls -l "$out"
