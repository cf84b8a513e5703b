#include "canvas.hpp"

#include <cstring>

namespace {

constexpr int BLOCK = 16;

int block_start(int x) { return x & ~(BLOCK - 1); }
int block_end(int x) { return (x + BLOCK - 1) & ~(BLOCK - 1); }

int16_t mixed(int16_t from, int16_t to, int16_t cover) {
  // Written so that compilers find the rounding high multiply of 16-bit lanes.
  return from +
         static_cast<int16_t>((((static_cast<int32_t>(static_cast<int16_t>(to - from)) * cover) >> 14) + 1) >> 1);
}

// Both go by blocks of 16 pixels, which rows consist of, so that no pixel is left over for slow code.
void blend_plane(int16_t* __restrict plane, const int16_t* __restrict cover, int16_t level, int count) {
  for (int block = 0; block < count; block += BLOCK)
    for (int x = block; x < block + BLOCK; x++) plane[x] = mixed(plane[x], level, cover[x]);
}

// Eight floats at once; compilers see the width of this loop of loops only if told.
typedef float Lanes __attribute__((vector_size(32)));
typedef int32_t WideLanes __attribute__((vector_size(32)));
typedef int16_t ShortLanes __attribute__((vector_size(16)));
constexpr Lanes RAMP{0, 1, 2, 3, 4, 5, 6, 7}, WHOLE_LANES{1, 1, 1, 1, 1, 1, 1, 1};

void store_cover(int16_t* out, Lanes cover, float scale) {
  cover = (cover > 0 ? cover : Lanes{}) * scale;
  const ShortLanes levels = __builtin_convertvector(__builtin_convertvector(cover, WideLanes), ShortLanes);
  std::memcpy(out, &levels, sizeof levels);
}

constexpr int16_t WHOLE = 255 * STEPS;

}  // namespace

Canvas::Canvas(int w, int h, bool with_masks) : width(w), height(h), cover_(w), with_masks_(with_masks), masked_to_(h) {
  for (auto& plane : planes_) plane.resize(static_cast<size_t>(w) * h);
  if (with_masks)
    for (auto& mask : masks_) mask.resize(static_cast<size_t>(w) * h);
}

void Canvas::clear_masks() {
  if (with_masks_ && masked_from_ < masked_to_)
    for (auto& mask : masks_)
      std::memset(mask.data() + static_cast<size_t>(masked_from_) * width, 0,
                  sizeof(int16_t) * width * (masked_to_ - masked_from_));
  masked_from_ = height, masked_to_ = 0;
}

// Levels of a shape's rows, from top to bottom.
struct Canvas::Grading {
  float level[3], change[3];
  Grading(Colour top, Colour bottom) {
    const float from[3] = {top.r, top.g, top.b}, to[3] = {bottom.r, bottom.g, bottom.b};
    for (int i = 0; i < 3; i++)
      level[i] = clamp01(from[i]) * WHOLE + .5f, change[i] = clamp01(to[i]) * WHOLE + .5f - level[i];
  }
  Paint at(float share) const {
    Paint p;
    for (int i = 0; i < 3; i++) p.level[i] = static_cast<int16_t>(level[i] + change[i] * share);
    return p;
  }
};

Canvas::Paint Canvas::paint(Colour c) {
  auto level = [](float v) { return static_cast<int16_t>(clamp01(v) * WHOLE + .5f); };
  return {{level(c.r), level(c.g), level(c.b)}};
}

bool Canvas::marks(int y) {
  if (owner_ == SCENERY_BEHIND) return false;
  if (owner_ == SCENERY_BEFORE) return y >= masked_from_ && y < masked_to_;
  masked_from_ = std::min(masked_from_, y), masked_to_ = std::max(masked_to_, y + 1);
  return true;
}

void Canvas::fill(int y, int x0, int x1, Paint p) {
  size_t row = static_cast<size_t>(y) * width;
  for (int i = 0; i < 3; i++) std::fill(planes_[i].data() + row + x0, planes_[i].data() + row + x1, p.level[i]);
  if (!marks(y)) return;
  for (int i = 0; i < 2; i++)
    std::fill(masks_[i].data() + row + x0, masks_[i].data() + row + x1, i == owner_ ? WHOLE : int16_t{0});
}

void Canvas::blend(int y, int x0, int x1, Paint p) {
  size_t first = static_cast<size_t>(y) * width + x0;
  for (int i = 0; i < 3; i++) blend_plane(planes_[i].data() + first, cover_.data() + x0, p.level[i], x1 - x0);
  if (!marks(y)) return;
  for (int i = 0; i < 2; i++)
    blend_plane(masks_[i].data() + first, cover_.data() + x0, i == owner_ ? WHOLE : int16_t{0}, x1 - x0);
}

template <class Coverage>
void Canvas::paint_row(int y, Span s, Paint p, bool solid, Coverage coverage) {
  if (!solid || s.inner0 + BLOCK >= s.inner1) s.inner0 = s.inner1 = s.outer1;
  auto edge = [&](int x0, int x1) {
    if (x0 >= x1) return;
    x0 = block_start(x0), x1 = block_end(x1);
    coverage(x0, x1);
    blend(y, x0, x1, p);
  };
  edge(s.outer0, s.inner0);
  if (s.inner0 < s.inner1) fill(y, s.inner0, s.inner1, p);
  edge(s.inner1, s.outer1);
}

void Canvas::polygon(const float* px, const float* py, int n, Colour top, Colour bottom, float alpha) {
  float area = 0, x0 = 1e9f, x1 = -1e9f, y0 = 1e9f, y1 = -1e9f;
  for (int i = 0; i < n; i++) {
    int j = i + 1 == n ? 0 : i + 1;
    area += px[i] * py[j] - px[j] * py[i];
    x0 = std::min(x0, px[i]), x1 = std::max(x1, px[i]);
    y0 = std::min(y0, py[i]), y1 = std::max(y1, py[i]);
  }
  const int left = std::max(0, static_cast<int>(std::floor(x0 - 1))),
            right = std::min(width, static_cast<int>(std::ceil(x1 + 1)));
  const int up = std::max(0, static_cast<int>(std::floor(y0 - 1))),
            down = std::min(height, static_cast<int>(std::ceil(y1 + 1)));
  if (left >= right || up >= down) return;

  // Distance to edge i, positive inside, plus half a pixel: a[i] x + b[i] y + c[i].
  float a[8], b[8], c[8], inverse[8];
  const float sign = area > 0 ? 1.f : -1.f;
  for (int i = 0; i < n; i++) {
    int j = i + 1 == n ? 0 : i + 1;
    float dx = px[j] - px[i], dy = py[j] - py[i], scale = sign / (std::sqrt(dx * dx + dy * dy) + 1e-6f);
    a[i] = -dy * scale, b[i] = dx * scale, c[i] = .5f - (a[i] * px[i] + b[i] * py[i]);
    inverse[i] = std::fabs(a[i]) > 1e-4f ? 1.f / a[i] : 0;
  }
  const Grading grading(top, bottom);
  const float per_row = 1.f / (y1 - y0 + 1e-3f);
  for (int y = up; y < down; y++) {
    const float yy = y + .5f;
    float at[8];
    for (int i = 0; i < n; i++) at[i] = b[i] * yy + c[i];
    Span span{left, right, right, right};
    float outer0 = left, outer1 = right, inner0 = left, inner1 = right;
    for (int i = 0; i < n; i++) {
      if (inverse[i] == 0) {
        if (at[i] < 1) inner1 = -1;
        continue;
      }
      float zero = -at[i] * inverse[i] - .5f, one = zero + inverse[i];
      if (inverse[i] > 0)
        outer0 = std::max(outer0, zero), inner0 = std::max(inner0, one);
      else
        outer1 = std::min(outer1, zero + 1), inner1 = std::min(inner1, one + 1);
    }
    // Coordinates are positive here, so that casts round down.
    span.outer0 = static_cast<int>(outer0);
    span.outer1 = std::min(right, static_cast<int>(outer1) + 1);
    if (span.outer0 >= span.outer1) continue;
    span.inner0 = std::min(static_cast<int>(inner0) + 1, span.outer1);
    span.inner1 = std::min(static_cast<int>(inner1), span.outer1);
    paint_row(y, span, grading.at(clamp01((yy - y0) * per_row)), alpha >= 1, [&](int from, int to) {
      const float scale = alpha * FULL;
      for (int block = from; block < to; block += BLOCK) {
        Lanes low = WHOLE_LANES, high = WHOLE_LANES;
        for (int i = 0; i < n; i++) {
          const Lanes distance = at[i] + a[i] * (block + .5f) + a[i] * RAMP, further = distance + a[i] * 8;
          low = low < distance ? low : distance, high = high < further ? high : further;
        }
        store_cover(cover_.data() + block, low, scale);
        store_cover(cover_.data() + block + 8, high, scale);
      }
    });
  }
}

void Canvas::ellipse(float cx, float cy, float a, float b, Colour top, Colour bottom, float alpha, float soft,
                     float cos_angle, float sin_angle) {
  if (a < .05f || b < .05f) return;
  const float reach_x = std::sqrt(a * a * cos_angle * cos_angle + b * b * sin_angle * sin_angle) + 1;
  const float reach_y = std::sqrt(a * a * sin_angle * sin_angle + b * b * cos_angle * cos_angle) + 1;
  const int left = std::max(0, static_cast<int>(std::floor(cx - reach_x))),
            right = std::min(width, static_cast<int>(std::ceil(cx + reach_x)));
  const int up = std::max(0, static_cast<int>(std::floor(cy - reach_y))),
            down = std::min(height, static_cast<int>(std::ceil(cy + reach_y)));
  if (left >= right || up >= down) return;

  // In the unit circle's coordinates: u = ux x + u0, v = vx x + v0; coverage = (1 - |(u, v)|) * slope + half.
  const float ux = cos_angle / a, uy = sin_angle / a, vx = -sin_angle / b, vy = cos_angle / b;
  const float slope = std::min(a, b) / soft, half = .5f / soft;
  const float outer_radius = 1 + half / slope, inner_radius = 1 - (1 - half) / slope;
  const float square = ux * ux + vx * vx, inverse = 1 / square;
  const Grading grading(top, bottom);
  const float per_row = .5f / reach_y;
  for (int y = up; y < down; y++) {
    const float dy = y + .5f - cy, u0 = uy * dy, v0 = vy * dy;
    Span span{left, right, right, right};
    {
      const float middle = -(ux * u0 + vx * v0) * inverse;
      const float least = u0 * u0 + v0 * v0 - middle * middle * square;  // |(u, v)|^2 in the middle of the row
      auto half_width = [&](float radius) {
        float rest = radius * radius - least;
        return radius <= 0 || rest <= 0 ? -1.f : std::sqrt(rest * inverse);
      };
      const float outer = half_width(outer_radius), inner = half_width(inner_radius);
      if (outer < 0) continue;
      span.outer0 = std::max(left, static_cast<int>(std::floor(cx + middle - outer - .5f)));
      span.outer1 = std::min(right, static_cast<int>(std::ceil(cx + middle + outer + .5f)));
      span.inner0 = span.inner1 = span.outer1;
      if (inner > 1) {
        span.inner0 = std::min(std::max(static_cast<int>(std::ceil(cx + middle - inner)), span.outer0), span.outer1);
        span.inner1 = std::min(static_cast<int>(std::floor(cx + middle + inner)), span.outer1);
      }
      if (span.outer0 >= span.outer1) continue;
    }
    paint_row(y, span, grading.at(clamp01(.5f + dy * per_row)), alpha >= 1, [&](int from, int to) {
      const float scale = alpha * FULL;
      for (int block = from; block < to; block += BLOCK)
        for (int x = block; x < block + BLOCK; x++) {
          float dx = x + .5f - cx, u = ux * dx + u0, v = vx * dx + v0;
          cover_[x] = static_cast<int16_t>(clamp01((1 - std::sqrt(u * u + v * v)) * slope + half) * scale);
        }
    });
  }
}

void Canvas::limb(float x0, float y0, float r0, float x1, float y1, float r1, Colour colour, float alpha) {
  const int left = block_start(std::max(0, static_cast<int>(std::floor(std::min(x0 - r0, x1 - r1) - 1))));
  const int right = block_end(std::min(width, static_cast<int>(std::ceil(std::max(x0 + r0, x1 + r1) + 1))));
  if (left >= right) return;
  const int up = std::max(0, static_cast<int>(std::floor(std::min(y0 - r0, y1 - r1) - 1)));
  const int down = std::min(height, static_cast<int>(std::ceil(std::max(y0 + r0, y1 + r1) + 1)));
  const float dx = x1 - x0, dy = y1 - y0, inverse = 1 / (dx * dx + dy * dy + 1e-6f), scale = alpha * FULL;
  const Paint p = paint(colour);
  for (int y = up; y < down; y++) {
    const float vy = y + .5f - y0;
    for (int block = left; block < right; block += BLOCK)
      for (int x = block; x < block + BLOCK; x++) {
        float vx = x + .5f - x0, along = clamp01((vx * dx + vy * dy) * inverse);
        float ex = vx - dx * along, ey = vy - dy * along;
        cover_[x] = static_cast<int16_t>(clamp01(r0 + (r1 - r0) * along + .5f - std::sqrt(ex * ex + ey * ey)) * scale);
      }
    blend(y, left, right, p);
  }
}

void Canvas::rectangle(float x0, float y0, float x1, float y1, Colour colour, float alpha) {
  const int left = std::max(0, static_cast<int>(std::floor(x0))),
            right = std::min(width, static_cast<int>(std::ceil(x1)));
  const int up = std::max(0, static_cast<int>(std::floor(y0))),
            down = std::min(height, static_cast<int>(std::ceil(y1)));
  if (left >= right) return;
  const Paint p = paint(colour);
  const int inner0 = std::min(std::max(static_cast<int>(std::ceil(x0)), left), right),
            inner1 = std::min(static_cast<int>(std::floor(x1)), right);
  for (int y = up; y < down; y++) {
    const float part = (std::min(y + 1.f, y1) - std::max(static_cast<float>(y), y0)) * alpha;
    if (part <= 0) continue;
    paint_row(y, {left, inner0, inner1, right}, p, part > .999f, [&](int from, int to) {
      for (int x = from; x < to; x++)
        cover_[x] = static_cast<int16_t>(std::max(0.f, std::min(x + 1.f, x1) - std::max(static_cast<float>(x), x0)) *
                                         part * FULL);
    });
  }
}

void Canvas::land(const float* heights, Colour top, Colour bottom, float grade, const float* below, int last) {
  float highest = 1e9f, lowest = -1e9f;
  for (int x = 0; x < width; x++) highest = std::min(highest, heights[x]), lowest = std::max(lowest, heights[x]);
  int up = std::max(0, static_cast<int>(highest) - 1), full = std::max(up, static_cast<int>(std::ceil(lowest)));
  int down = std::min(height, last);
  if (below) {
    float deepest = -1e9f;
    for (int x = 0; x < width; x++) deepest = std::max(deepest, below[x]);
    down = std::min(down, static_cast<int>(std::ceil(deepest)));
    full = down;
  }
  const Grading grading(top, bottom);
  const float per_row = 1 / grade;
  for (int y = up; y < down; y++) {
    const Paint p = grading.at(clamp01((y + 1 - highest) * per_row));
    if (y >= full) {
      fill(y, 0, width, p);
      continue;
    }
    const float yy = y + 1.f;
    for (int x = 0; x < width; x++) cover_[x] = static_cast<int16_t>(clamp01(yy - heights[x]) * FULL);
    if (below)
      for (int x = 0; x < width; x++) cover_[x] = static_cast<int16_t>(clamp01(below[x] - y) * cover_[x]);
    blend(y, 0, width, p);
  }
}

void Canvas::edge_shadow(const float* heights, float reach, float strength) {
  float highest = 1e9f, lowest = -1e9f;
  for (int x = 0; x < width; x++) highest = std::min(highest, heights[x]), lowest = std::max(lowest, heights[x]);
  const int up = std::max(0, static_cast<int>(highest - reach)),
            down = std::min(height, static_cast<int>(std::ceil(lowest)));
  const Paint dark = paint({.05f, .05f, .12f});
  const float per_pixel = 1 / reach, scale = strength * FULL;
  for (int y = up; y < down; y++) {
    const float yy = y + 1.f;
    for (int x = 0; x < width; x++) {
      float near = clamp01(1 - (heights[x] - yy) * per_pixel);
      cover_[x] = static_cast<int16_t>(near * near * scale);
    }
    blend(y, 0, width, dark);
  }
}

void Canvas::rows(int from, int to, Colour top, Colour bottom) {
  const Grading grading(top, bottom);
  const float per_row = 1.f / std::max(1, to - from);
  for (int y = std::max(0, from); y < std::min(height, to); y++)
    fill(y, 0, width, grading.at((y + .5f - from) * per_row));
}

void Canvas::veil(int y, const float* cover, Colour colour) {
  for (int x = 0; x < width; x++) cover_[x] = static_cast<int16_t>(clamp01(cover[x]) * FULL);
  blend(y, 0, width, paint(colour));
}

namespace {
void to_bytes(const int16_t* __restrict in, uint8_t* __restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = static_cast<uint8_t>((in[i] + STEPS / 2) >> 6);
}
}  // namespace

void Canvas::copy_frame(uint8_t* out) const {
  const size_t area = static_cast<size_t>(width) * height;
  for (int i = 0; i < 3; i++) to_bytes(planes_[i].data(), out + i * area, area);
}

void Canvas::copy_masks(uint8_t* out) const {
  const size_t area = static_cast<size_t>(width) * height;
  for (int i = 0; i < 2; i++) to_bytes(masks_[i].data(), out + i * area, area);
}

void Canvas::add_coverage(uint32_t* sums) const {
  const int columns = width / 16, rows = height / 16;
  for (int i = 0; i < 2; i++)
    for (int y = masked_from_; y < std::min(rows * 16, masked_to_); y++) {
      const int16_t* row = masks_[i].data() + static_cast<size_t>(y) * width;
      uint32_t* out = sums + static_cast<size_t>(i) * rows * columns + static_cast<size_t>(y / 16) * columns;
      for (int cell = 0; cell < columns; cell++) {
        uint32_t sum = 0;
        for (int x = 0; x < 16; x++) sum += static_cast<uint16_t>(row[cell * 16 + x]);
        out[cell] += sum;
      }
    }
}
