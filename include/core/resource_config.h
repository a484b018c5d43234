/*
 * resource_config.h: what a provider or a source is connected to: checked, and
 * its secrets sealed.
 */
#ifndef CORE_RESOURCE_CONFIG_H
#define CORE_RESOURCE_CONFIG_H

#include "core/resource.h"
#include "core/type.h"

/*
 * Put the config of the wish into the row: what may be shown as JSON, what may
 * not sealed under the installation's key.  Nothing is changed if none was given.
 */
enum fault resource_config_take(struct work *, const struct type *, const struct resource_wish *,
    struct resource *);

#endif
