#pragma once
#include "canvas.hpp"
#include "parameters.hpp"

// Paints one frame of a shot, `seconds` after its start.
void paint_frame(Canvas& canvas, const ShotParameters& shot, float seconds);
