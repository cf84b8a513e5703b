// What Python tells the renderer. The structures in renderer.py have the same fields in the same order.
#pragma once
#include <cstdint>

enum Kind {
  SAILBOAT,
  BALLOON,
  CAR,
  BIRD,
  WHALE,
  ROCKET,
  HOUSE,
  TRAIN,
  MAN,
  WOMAN,
  CHILD,
  ROBOT,
  DOG,
  CAT,
  HORSE,
  BEAR,
  RABBIT,
  FISH,
  DUCK,
  BUS,
  TRUCK,
  PLANE,
  BALL
};
enum Place { SEA, DESERT, FOREST, MOUNTAINS, CITY, MEADOW, SNOWFIELD, SPACE, BEACH, VILLAGE, RIVER, ROOM, UNDERWATER };
enum Time { DAY, SUNSET, NIGHT, DAWN };
enum Weather { CLEAR, FOG, RAIN, SNOW };
enum Action { STILL, MOVE, RISE, DESCEND, FAST, WAVE, JUMP, DANCE };

struct SubjectParameters {
  int32_t kind;  // -1: not in this shot
  int32_t action;
  float facing;  // -1 left, 1 right
  float red, green, blue, look;
  float x, y;              // at the start: widths from the middle, heights above the place of rest
  float speed_x, speed_y;  // widths and heights a second
  float stop;              // seconds after which it goes no further
  float gait;              // cycles a second
  float phase;             // cycles at the start
  float scale;
};

struct ShotParameters {
  int32_t place, time, weather, frames, subjects;
  uint32_t scene;
  float scale;    // of the shot size: a subject of 100 units is 100 * scale pixels wide at 320 x 192
  float framing;  // 0: the subject stands on the ground line, 1: its focus is in the middle of the picture
  float clock;    // seconds that waves and clouds have been going
  float share;    // how much a pan moves the subjects: 0 when the camera travels with them
  float pan, pan_rate, tilt, tilt_rate, zoom, zoom_rate;
  SubjectParameters subject[2];
};
