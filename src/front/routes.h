/*
 * routes.h: the table of routes.
 */
#ifndef FRONT_ROUTES_H
#define FRONT_ROUTES_H

#include "http/route.h"

extern const struct route_table all_routes[];

#endif
