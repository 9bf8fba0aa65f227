/* A folder of a test's own. */
#ifndef WEFT_TEST_FOLDER_H
#define WEFT_TEST_FOLDER_H

int folder_remove(const char *path);     /* with all that is in it; 0 or -1 */

#endif
