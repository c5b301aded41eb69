#include "qmcu_models.h"

#include <string.h>

#include "qmcu_registry.h"

/* Where the working memory lies: empty for ordinary RAM, or an attribute of the platform, such as EXT_RAM_BSS_ATTR of ESP-IDF. */
#ifndef QMCU_ARENA_ATTRIBUTE
#define QMCU_ARENA_ATTRIBUTE
#endif

#define QMCU_DECLARE(name, NAME) extern const qmcu_model qmcu_model_##name;
QMCU_MODELS(QMCU_DECLARE)

#define QMCU_LIST(name, NAME) &qmcu_model_##name,
static const qmcu_model *const models[] = { QMCU_MODELS(QMCU_LIST) };

/* One more byte each, because a network that needs no working memory would be an array of no length. */
#define QMCU_ARENA(name, NAME) uint8_t name[NAME##_ARENA_BYTES + 1];
static union
{
    uint64_t aligned;
    QMCU_MODELS(QMCU_ARENA)
} arena QMCU_ARENA_ATTRIBUTE;

int32_t qmcu_model_count(void)
{
    return (int32_t)(sizeof models / sizeof models[0]);
}

const qmcu_model *qmcu_model_at(int32_t handle)
{
    return handle >= 0 && handle < qmcu_model_count() ? models[handle] : NULL;
}

int32_t qmcu_model_find(const uint8_t *content_hash)
{
    for (int32_t handle = 0; handle < qmcu_model_count(); ++handle)
        if (memcmp(models[handle]->content_hash, content_hash, QMCU_HASH_BYTES) == 0)
            return handle;

    return -1;
}

uint8_t *qmcu_model_arena(void)
{
    return (uint8_t *)&arena;
}
