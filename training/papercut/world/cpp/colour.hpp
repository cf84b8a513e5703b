// Colours in linear mixing of display values, and numbers that are random but always the same.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

struct Colour {
  float r, g, b;
};

inline float clamp01(float x) { return std::min(std::max(x, 0.f), 1.f); }

inline Colour mix(Colour a, Colour b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

inline Colour operator*(Colour a, Colour b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }

// Darker below 1, towards white above.
inline Colour shade(Colour c, float k) { return k < 1 ? Colour{c.r * k, c.g * k, c.b * k} : mix(c, {1, 1, 1}, k - 1); }

inline uint32_t scramble(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

// In [0, 1), the same for the same seed and index.
inline float chance(uint32_t seed, int index) {
  uint32_t x = seed * 0x9E3779B1u + static_cast<uint32_t>(index) * 0x85EBCA77u + 17u;
  return static_cast<float>(scramble(x) >> 8) * (1.f / 16777216.f);
}

constexpr float TAU = 6.2831853f;
