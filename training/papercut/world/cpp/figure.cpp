#include "figure.hpp"

Traits traits_of(int kind) {
  using T = Traits;
  switch (kind) {
    case SAILBOAT: return {T::WATER, 38, -6, 46};
    case BALLOON: return {T::AIR, 49, -10, 30};
    case CAR: return {T::GROUND, 33, 2, 46};
    case BIRD: return {T::AIR, 16, -4, 26};
    case WHALE: return {T::WATER, 14, -4, 46};
    case ROCKET: return {T::AIR, 46, -4, 24};
    case HOUSE: return {T::GROUND, 46, 8, 46};
    case TRAIN: return {T::GROUND, 28, -4, 60};
    case MAN: return {T::GROUND, 49, -20, 17};
    case WOMAN: return {T::GROUND, 49, -20, 17};
    case CHILD: return {T::GROUND, 49, -12, 18};
    case ROBOT: return {T::GROUND, 49, -18, 20};
    case DOG: return {T::GROUND, 36, -8, 38};
    case CAT: return {T::GROUND, 34, -6, 34};
    case HORSE: return {T::GROUND, 50, -16, 42};
    case BEAR: return {T::GROUND, 38, -6, 44};
    case RABBIT: return {T::GROUND, 32, -8, 28};
    case FISH: return {T::DEEP, 20, 0, 30};
    case DUCK: return {T::WATER, 16, -10, 32};
    case BUS: return {T::GROUND, 33, -8, 56};
    case TRUCK: return {T::GROUND, 33, -6, 54};
    case PLANE: return {T::AIR, 26, 0, 46};
    default: return {T::GROUND, 34, 0, 28};
  }
}

void draw_figure(const Pen& pen, const Figure& figure) {
  switch (figure.kind) {
    case MAN:
    case WOMAN:
    case CHILD:
    case ROBOT: return draw_walker(pen, figure);
    case DOG:
    case CAT:
    case HORSE:
    case BEAR:
    case RABBIT: return draw_four_legged(pen, figure);
    case SAILBOAT:
    case WHALE:
    case FISH:
    case DUCK: return draw_swimmer(pen, figure);
    case BALLOON:
    case BIRD:
    case ROCKET:
    case PLANE: return draw_flyer(pen, figure);
    default: return draw_vehicle(pen, figure);
  }
}
