// A painter's canvas: shapes are laid over each other with exact edges, and every shape may mark whose it is.
//
// Planes are 16-bit integers, 64 steps to a grey level, so that one vector instruction blends sixteen pixels. A shape
// paints its inside by plain stores and computes coverage at its edges alone, which is what makes it fast.
#pragma once
#include <initializer_list>
#include <vector>

#include "colour.hpp"

constexpr int STEPS = 64;
constexpr int FULL = 32767;  // coverage 1 in Q15

// Who a shape belongs to, for the mask planes.
enum Owner { SCENERY_BEHIND = -2, SCENERY_BEFORE = -1, FIRST_SUBJECT = 0, SECOND_SUBJECT = 1 };

class Canvas {
 public:
  const int width, height;

  Canvas(int width, int height, bool with_masks);

  void clear_masks();
  // Scenery behind the subjects leaves the masks alone, scenery before them takes itself out.
  void set_owner(int owner) { owner_ = with_masks_ ? owner : SCENERY_BEHIND; }

  // Convex polygon of up to 8 points, graded from its top to its bottom.
  void polygon(const float* x, const float* y, int count, Colour top, Colour bottom, float alpha = 1);

  // Ellipse with half axes a and b, the first turned by an angle; `soft` widens its edge in pixels.
  void ellipse(float x, float y, float a, float b, Colour top, Colour bottom, float alpha = 1, float soft = 1,
               float cos_angle = 1, float sin_angle = 0);

  // A thick line with round ends, whose radius goes from r0 to r1.
  void limb(float x0, float y0, float r0, float x1, float y1, float r1, Colour colour, float alpha = 1);

  void rectangle(float x0, float y0, float x1, float y1, Colour colour, float alpha = 1);

  // Everything below the curve `heights` [width], down to the curve `below` [width] if there is one. The colour goes
  // from top to bottom over `grade` pixels. Painting ends at row `last`, below which other layers cover everything.
  void land(const float* heights, Colour top, Colour bottom, float grade, const float* below = nullptr,
            int last = 1 << 20);

  // The soft shadow that the edge of a sheet throws on the one behind it.
  void edge_shadow(const float* heights, float reach, float strength);

  // Rows [from, to) in one colour each, graded.
  void rows(int from, int to, Colour top, Colour bottom);

  // Blends a colour over a row by coverage in [0, 1] for each pixel.
  void veil(int y, const float* cover, Colour colour);

  // uint8 [3, height, width] and, for each subject, [height, width].
  void copy_frame(uint8_t* out) const;
  void copy_masks(uint8_t* out) const;
  // uint8 [2, height / 16, width / 16] sums into `sums` [2, cells]: how much of a cell each subject covers.
  void add_coverage(uint32_t* sums) const;

 private:
  struct Paint {
    int16_t level[3];
  };
  struct Grading;
  // Its coverage is asked for by whole blocks of 16 pixels, which may reach beyond the span.
  // Pixels [outer0, outer1) are touched, [inner0, inner1) are wholly inside.
  struct Span {
    int outer0, inner0, inner1, outer1;
  };

  std::vector<int16_t> planes_[3], masks_[2];
  std::vector<int16_t> cover_;
  bool with_masks_;
  int masked_from_ = 0, masked_to_;  // rows outside have empty masks
  int owner_ = SCENERY_BEHIND;

  static Paint paint(Colour c);
  void fill(int y, int x0, int x1, Paint paint);
  void blend(int y, int x0, int x1, Paint paint);  // by cover_; whole blocks of 16
  bool marks(int y);                               // whether a shape of the owner changes masks in this row
  template <class Coverage>
  void paint_row(int y, Span span, Paint paint, bool solid, Coverage coverage);
};
