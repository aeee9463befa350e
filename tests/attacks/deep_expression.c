// an expression so deep that the compiler itself runs out of stack
// does not build: ""
#define P1(x) (((((((((((((((((((((((((((((((((((((((( x
#define P2(x) P1(P1(P1(P1(P1(P1(P1(P1(P1(P1(x))))))))))
#define P3 ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
#define P4 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3 P3
#define P5 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4 P4
#define P6 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5 P5
int deep = P6 1;
