// a macro of a thousand million words
// does not build: ""
#define A                                                                                \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"                                                                                 \
    "ha"
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
#define E D D D D D D D D D D
#define F E E E E E E E E E E
#define G F F F F F F F F F F
#define H G G G G G G G G G G
#define I H H H H H H H H H H
const char *laughter = I;
