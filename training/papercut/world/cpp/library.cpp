// The functions that Python calls.
#include <atomic>
#include <cstring>
#include <thread>

#include "scene.hpp"

namespace {

// Mean coverage of every 16 x 16 cell over the frames of a latent frame: the first alone, later ones by four.
void average_cells(const std::vector<uint32_t>& sums, int frames, size_t cells, uint8_t* out) {
  for (int latent = 0, from = 0; from < frames; latent++) {
    const int to = latent == 0 ? 1 : std::min(frames, from + 4);
    const float scale = 1.f / (256.f * STEPS * (to - from));
    for (size_t cell = 0; cell < cells; cell++) {
      float sum = 0;
      for (int frame = from; frame < to; frame++) sum += sums[frame * cells + cell];
      out[latent * cells + cell] = static_cast<uint8_t>(std::min(255.f, sum * scale + .5f));
    }
    from = to;
  }
}

}  // namespace

extern "C" {

int papercut_shot_bytes() { return sizeof(ShotParameters); }

// Frames [first, first + count) of a film. Outputs may be null: frames [count, 3, height, width], masks
// [count, 2, height, width], cells [latent frames of the window, 2, height / 16, width / 16].
void papercut_render(const ShotParameters* shots, int shot_count, int width, int height, float fps, int threads,
                     int first, int count, uint8_t* frames, uint8_t* masks, uint8_t* cells) {
  struct Job {
    const ShotParameters* shot;
    int frame;
  };
  std::vector<Job> jobs;
  for (int s = 0, at = 0; s < shot_count; s++)
    for (int i = 0; i < shots[s].frames; i++, at++)
      if (at >= first && at < first + count) jobs.push_back({shots + s, i});

  const size_t area = static_cast<size_t>(width) * height, cell_count = 2 * (area / 256);
  std::vector<uint32_t> sums(cells ? jobs.size() * cell_count : 0);
  std::atomic<int> next(0);
  auto work = [&] {
    Canvas canvas(width, height, masks || cells);
    for (int i = next++; i < static_cast<int>(jobs.size()); i = next++) {
      paint_frame(canvas, *jobs[i].shot, jobs[i].frame / fps);
      if (frames) canvas.copy_frame(frames + i * 3 * area);
      if (masks) canvas.copy_masks(masks + i * 2 * area);
      if (cells) canvas.add_coverage(sums.data() + i * cell_count);
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < threads; i++) helpers.emplace_back(work);
  work();
  for (auto& helper : helpers) helper.join();
  if (cells) average_cells(sums, static_cast<int>(jobs.size()), cell_count, cells);
}
}
